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

// Stored tokens replace refused ones only if they are newer by this time, in milliseconds. Tabs without locks refresh
// at once.
const minNewerMs = 5_000

/** Allows at most one refresh at a time across all tabs. All callers get the resulting tokens. */
export function createRenewal(deps: RenewalDeps) {
  const { holder, store, sync, service, attempts, now } = deps
  const { tokens, setTokens } = holder
  let pendingRenewal: Promise<Tokens | null> | null = null
  /** The backoff that the service requested, and its start. */
  let backoff = { since: 0, durationMs: 0 }

  return (stale: Tokens | null): Promise<Tokens | null> => {
    // If the clock was set back meanwhile, the backoff is unknown: the client asks the service.
    const elapsedMs = now() - backoff.since
    if (elapsedMs >= 0 && elapsedMs < backoff.durationMs) return Promise.resolve(tokens())
    pendingRenewal ??= sync
      .runExclusively(() => exchange(stale))
      .finally(() => {
        pendingRenewal = null
      })
    return pendingRenewal
  }

  /**
   * Retries a request without an answer once, with the current tokens of the storage: another tab may have succeeded.
   */
  async function exchange(stale: Tokens | null, isRetry = false): Promise<Tokens | null> {
    const { tokens: storedTokens } = await store.read()
    // Another tab or a sign-in was faster.
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
      // The user reauthenticated during the refresh: that access token belongs to the previous refresh token.
      if (!current || current.sessionId !== next?.sessionId) return current
      return sync.share({ ...current, refreshToken: next.refreshToken }, isPending)
    }
    if (next) {
      const { tokens: since } = await store.read()
      // Without a lock, another tab may have refreshed again. Storing the older token would end the session.
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
