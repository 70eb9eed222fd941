import type { Attempts } from './attempts.js'
import type { TokenHolder } from './token-holder.js'
import type { PendingAttempt } from './pending-attempt.js'
import type { Service } from './service.js'
import type { SessionSync } from './session-sync.js'
import type { TokenStore } from './store.js'
import { tokensFrom, type Tokens } from './tokens.js'

export interface RenewalDeps {
  readonly holder: TokenHolder
  readonly store: TokenStore
  readonly sync: SessionSync
  readonly service: Service
  readonly attempts: Attempts
  readonly now: () => number
}

// Milliseconds by which tokens must be newer to be good where others were refused. Tabs without locks refresh at once.
const minNewerMs = 5_000

/** At most one refresh at a time, whoever asks for it, in all tabs; gives what is held afterwards. */
export function createRenewal(deps: RenewalDeps) {
  const { holder, store, sync, service, attempts, now } = deps
  const { tokens, setTokens } = holder
  let pendingRenewal: Promise<Tokens | null> | null = null
  /** For how long the service asked to be left alone, and since when. */
  let backoff = { since: 0, durationMs: 0 }

  return (stale: Tokens | null): Promise<Tokens | null> => {
    // A clock that was set back meanwhile tells nothing: the service is asked.
    const elapsedMs = now() - backoff.since
    if (elapsedMs >= 0 && elapsedMs < backoff.durationMs) return Promise.resolve(tokens())
    pendingRenewal ??= sync
      .runExclusively(() => exchange(stale))
      .finally(() => {
        pendingRenewal = null
      })
    return pendingRenewal
  }

  /** A request without an answer is sent once more, with what the storage has by then: another tab may have had more luck. */
  async function exchange(stale: Tokens | null, isRetry = false): Promise<Tokens | null> {
    const { tokens: storedTokens } = await store.read()
    // Another tab, or a sign-in, was first.
    if (tokens()?.accessToken !== stale?.accessToken) return tokens()
    if (
      storedTokens &&
      storedTokens.expiresAt > Math.max(stale?.expiresAt ?? 0, now()) + minNewerMs
    ) {
      setTokens(storedTokens)
      return storedTokens
    }
    const refreshToken = storedTokens?.refreshToken ?? stale?.refreshToken ?? null
    const attempt = await attempts.getOrCreate(refreshToken)
    const answer = await service.refresh(refreshToken, attempt)
    if (answer.kind === 'unanswered' && !isRetry) return exchange(stale, true)
    if (answer.kind === 'renewed' || answer.kind === 'refused') attempts.settle()
    const isPending = ({ value }: PendingAttempt) => value !== attempt
    const next = answer.kind === 'renewed' ? tokensFrom(answer.payload, now(), stale) : null
    const current = tokens()
    if (current?.accessToken !== stale?.accessToken) {
      // Presence was proved again meanwhile, by an access token that goes with the refresh token before this one.
      if (!current || current.sessionId !== next?.sessionId) return current
      return sync.share({ ...current, refreshToken: next.refreshToken }, isPending)
    }
    if (next) {
      const { tokens: since } = await store.read()
      // Without a lock, another tab may have refreshed again. Storing the older token would sign out.
      const isOlder = since && ![refreshToken, next.refreshToken].includes(since.refreshToken)
      if (!isOlder) return sync.share(next, isPending)
      setTokens(since)
      return since
    }
    if (answer.kind === 'refused') {
      await sync.clearTokens(stale, answer.code)
      return null
    }
    if (answer.kind === 'unavailable') {
      backoff = { since: now(), durationMs: answer.retryAfter }
    }
    sync.broadcastNothing()
    return current
  }
}
