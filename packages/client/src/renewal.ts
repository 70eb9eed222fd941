import type { Attempts } from './attempts.js'
import type { Holder } from './holder.js'
import type { PendingAttempt } from './pending-attempt.js'
import type { Service } from './service.js'
import type { Sharing } from './sharing.js'
import type { TokenStore } from './store.js'
import { tokensFrom, type Tokens } from './tokens.js'

export interface RenewalNeeds {
  readonly holder: Holder
  readonly store: TokenStore
  readonly sharing: Sharing
  readonly service: Service
  readonly attempts: Attempts
  readonly now: () => number
}

// Milliseconds by which tokens must be newer to be good where others were refused. Tabs without locks refresh at once.
const leastNewer = 5_000

/** At most one refresh at a time, whoever asks for it, in all tabs; gives what is held afterwards. */
export function createRenewal(needs: RenewalNeeds) {
  const { holder, store, sharing, service, attempts, now } = needs
  const { tokens, hold } = holder
  let renewing: Promise<Tokens | null> | null = null
  /** For how long the service asked to be left alone, and since when. */
  let pause = { since: 0, time: 0 }

  return (stale: Tokens | null): Promise<Tokens | null> => {
    // A clock that was set back meanwhile tells nothing: the service is asked.
    const passed = now() - pause.since
    if (passed >= 0 && passed < pause.time) return Promise.resolve(tokens())
    renewing ??= sharing
      .exclusively(() => exchange(stale))
      .finally(() => {
        renewing = null
      })
    return renewing
  }

  /** A request without an answer is sent once more, with what the storage has by then: another tab may have had more luck. */
  async function exchange(stale: Tokens | null, isRetry = false): Promise<Tokens | null> {
    const { tokens: kept } = await store.read()
    // Another tab, or a sign-in, was first.
    if (tokens()?.accessToken !== stale?.accessToken) return tokens()
    if (kept && kept.expiresAt > Math.max(stale?.expiresAt ?? 0, now()) + leastNewer) {
      hold(kept)
      return kept
    }
    const refreshToken = kept?.refreshToken ?? stale?.refreshToken ?? null
    const attempt = await attempts.of(refreshToken)
    const answer = await service.refresh(refreshToken, attempt)
    if (answer.kind === 'unanswered' && !isRetry) return exchange(stale, true)
    if (answer.kind === 'renewed' || answer.kind === 'refused') attempts.settle()
    const isPending = ({ value }: PendingAttempt) => value !== attempt
    const next = answer.kind === 'renewed' ? tokensFrom(answer.payload, now(), stale) : null
    const current = tokens()
    if (current?.accessToken !== stale?.accessToken) {
      // Presence was proved again meanwhile, by an access token that goes with the refresh token before this one.
      if (!current || current.sessionId !== next?.sessionId) return current
      return sharing.share({ ...current, refreshToken: next.refreshToken }, isPending)
    }
    if (next) {
      const { tokens: since } = await store.read()
      // Without a lock, another tab may have refreshed again. Storing the older token would sign out.
      const isOlder = since && ![refreshToken, next.refreshToken].includes(since.refreshToken)
      if (!isOlder) return sharing.share(next, isPending)
      hold(since)
      return since
    }
    if (answer.kind === 'refused') {
      await sharing.forget(stale, answer.code)
      return null
    }
    if (answer.kind === 'unavailable') {
      pause = { since: now(), time: answer.retryAfter }
    }
    sharing.giveUp()
    return current
  }
}
