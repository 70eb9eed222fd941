import { rateLimitHeaders } from '../http/rate-limit-headers.js'
import type { RateLimitStatus } from './context.js'
import type { OperationListener } from './combine-plugins.js'

/**
 * Sends Retry-After (RFC 9110 §10.2.3) and the state of the budget with the fewest remaining attempts
 * (draft-ietf-httpapi-ratelimit-headers-06).
 */
export const setRateLimitHeaders: OperationListener = {
  willSendResponse({ contextValue: { rateLimits }, response: { body, http } }) {
    const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : []
    const waitSeconds = errors.map(({ extensions }) => Number(extensions?.['retryAfter'] ?? 0))
    const maxWaitSeconds = Math.max(0, ...waitSeconds)
    if (maxWaitSeconds > 0) http.headers.set('retry-after', String(maxWaitSeconds))

    const [tightest] = rateLimits.toSorted(
      (a, b) => a.remaining - b.remaining || b.resetSeconds - a.resetSeconds,
    )
    for (const [name, value] of tightest ? headersOf(tightest) : []) {
      http.headers.set(name, value)
    }
    return Promise.resolve()
  },
}

const headersOf = ({
  max,
  remaining,
  resetSeconds,
  windowSeconds,
}: RateLimitStatus): [string, string][] => [
  [rateLimitHeaders.limit, String(max)],
  [rateLimitHeaders.remaining, String(remaining)],
  [rateLimitHeaders.reset, String(resetSeconds)],
  [rateLimitHeaders.policy, `${max};w=${windowSeconds}`],
]
