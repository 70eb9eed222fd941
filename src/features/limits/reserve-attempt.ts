import { getGraphQLRateLimiter, Store } from 'graphql-rate-limit'
import type { ResolverData } from 'type-graphql'
import type { Budget, Counter, ReservationResult } from './counter.js'

/**
 * A graphql-rate-limit store for one attempt. The library reads the earlier attempts and writes them back with this
 * one, which is a race: of 20 concurrent attempts, all 20 pass. So this store reserves the attempt while reading, in
 * one step, and writes nothing.
 */
class ReservingStore extends Store {
  reservation: ReservationResult | null = null
  readonly #reserve: () => Promise<ReservationResult>

  constructor(reserve: () => Promise<ReservationResult>) {
    super()
    this.#reserve = reserve
  }

  override async getForIdentity(): Promise<number[]> {
    this.reservation = await this.#reserve()
    // Enough attempts to fill the budget, or none: the counter has already decided.
    return this.reservation.granted
      ? []
      : Array.from({ length: this.reservation.used }, () => Infinity)
  }

  override setForIdentity() {
    // The read has already reserved the attempt.
  }
}

/** Takes one attempt at a field under a rule. The limiter decides `granted`. */
export async function reserveAttempt(
  counter: Counter,
  key: string,
  budget: Budget,
  { root, args, context, info }: ResolverData,
): Promise<ReservationResult> {
  const store = new ReservingStore(() => counter.reserve(key, budget))
  const limiter = getGraphQLRateLimiter({ store, identifyContext: () => key })
  const field = { parent: root as unknown, args, context, info }
  const refusal = await limiter(field, { max: budget.max, window: `${budget.windowMs}ms` })
  if (!store.reservation) throw new Error('the rate limiter did not read the store')
  return { ...store.reservation, granted: refusal === undefined }
}
