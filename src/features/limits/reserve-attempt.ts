import { getGraphQLRateLimiter, Store } from 'graphql-rate-limit'
import type { ResolverData } from 'type-graphql'
import type { Budget, Counter, ReservationResult } from './counter.js'

/**
 * The store of one attempt for graphql-rate-limit, which reads the earlier attempts and writes them back with this
 * one: of twenty at once, twenty pass. So reading is taking here, in one step, and nothing is left to write.
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
    // As many as fill the budget, or none: the rest has been decided.
    return this.reservation.granted
      ? []
      : Array.from({ length: this.reservation.used }, () => Infinity)
  }

  override setForIdentity() {
    // done
  }
}

/** Takes one attempt at a field under a rule; `granted` is the limiter's word. */
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
  if (!store.reservation) throw new Error('the limiter did not ask')
  return { ...store.reservation, granted: refusal === undefined }
}
