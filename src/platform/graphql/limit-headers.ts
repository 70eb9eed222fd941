import { rateLimitHeaders } from '../http/rate-limit-headers.js'
import type { LimitStanding } from './context.js'
import type { Listener } from './listen.js'

/**
 * Tells clients in headers, too, when to come back (RFC 9110 §10.2.3), and how much is left of the budget that
 * is nearest to its end (draft-ietf-httpapi-ratelimit-headers-06).
 */
export const limitHeaders: Listener = {
  willSendResponse({ contextValue: { standings }, response: { body, http } }) {
    const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : []
    const waits = errors.map(({ extensions }) => Number(extensions?.['retryAfter'] ?? 0))
    const longest = Math.max(0, ...waits)
    if (longest > 0) http.headers.set('retry-after', String(longest))

    const [tightest] = standings.toSorted((a, b) => a.remaining - b.remaining || b.reset - a.reset)
    for (const [name, value] of tightest ? headersOf(tightest) : []) {
      http.headers.set(name, value)
    }
    return Promise.resolve()
  },
}

const headersOf = ({ max, remaining, reset, window }: LimitStanding): [string, string][] => [
  [rateLimitHeaders.limit, String(max)],
  [rateLimitHeaders.remaining, String(remaining)],
  [rateLimitHeaders.reset, String(reset)],
  [rateLimitHeaders.policy, `${max};w=${window}`],
]
