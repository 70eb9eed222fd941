import type { RedisLink } from '../../platform/redis.js'
import type { Counter } from './counter.js'

export interface ResilientCounterDeps {
  readonly link: RedisLink
  /** Counts in Redis, for all replicas together. */
  readonly shared: Counter
  /** Counts in this process. */
  readonly local: Counter
}

/**
 * Counts in Redis while it answers, otherwise in this process. An outage neither removes the limits nor blocks clients.
 * Local counts stay when Redis returns, so an attacker gains at most one more budget per replica, however many outages
 * there are.
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
      await local.resetFailures(key) // also the failures counted here during an outage
      await withFallback((counter) => counter.resetFailures(key))
    },
  }
}
