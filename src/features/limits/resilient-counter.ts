import type { RedisLink } from '../../platform/redis.js'
import type { Counter } from './counter.js'

export interface ResilientCounterNeeds {
  readonly link: RedisLink
  /** In Redis, for all replicas together. */
  readonly shared: Counter
  /** In this process. */
  readonly own: Counter
}

/**
 * Counts in Redis as long as it answers, and by itself while it does not: neither unlimited nor closed. What was
 * counted here is kept when Redis comes back, so that an attacker gains at most one more budget per replica,
 * however often it goes away.
 */
export function createResilientCounter({ link, shared, own }: ResilientCounterNeeds): Counter {
  async function ask<T>(question: (counter: Counter) => Promise<T>): Promise<T> {
    if (!link.isUp()) return question(own)
    try {
      return await link.patiently(question(shared))
    } catch (error) {
      link.lost(error)
      return question(own)
    }
  }
  return {
    take: (key, budget) => ask((counter) => counter.take(key, budget)),
    guess: (key, backoff) => ask((counter) => counter.guess(key, backoff)),
    putBack: (key, guess) => ask((counter) => counter.putBack(key, guess)),
    resetFailures: async (key) => {
      await own.resetFailures(key) // what was counted here while Redis was away, too
      await ask((counter) => counter.resetFailures(key))
    },
  }
}
