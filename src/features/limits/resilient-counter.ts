import type { RedisLink } from '../../platform/redis.js'
import type { Counter } from './counter.js'

export interface ResilientCounterDeps {
  readonly link: RedisLink
  /** In Redis, for all replicas together. */
  readonly shared: Counter
  /** In this process. */
  readonly local: Counter
}

/**
 * Counts in Redis as long as it answers, and by itself while it does not: neither unlimited nor closed. What was
 * counted here is kept when Redis comes back, so that an attacker gains at most one more budget per replica,
 * however often it goes away.
 */
export function createResilientCounter({ link, shared, local }: ResilientCounterDeps): Counter {
  async function withFallback<T>(operation: (counter: Counter) => Promise<T>): Promise<T> {
    if (!link.isUp()) return operation(local)
    try {
      return await link.withTimeout(operation(shared))
    } catch (error) {
      link.markDown(error)
      return operation(local)
    }
  }
  return {
    reserve: (key, budget) => withFallback((counter) => counter.reserve(key, budget)),
    reserveGuess: (key, backoff) => withFallback((counter) => counter.reserveGuess(key, backoff)),
    releaseGuess: (key, guess) => withFallback((counter) => counter.releaseGuess(key, guess)),
    resetFailures: async (key) => {
      await local.resetFailures(key) // what was counted here while Redis was away, too
      await withFallback((counter) => counter.resetFailures(key))
    },
  }
}
