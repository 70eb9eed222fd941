import { getGraphQLRateLimiter, Store } from 'graphql-rate-limit'
import type { ResolverData } from 'type-graphql'
import type { Budget, Counter, Taken } from './counter.js'

/**
 * The store of one attempt for graphql-rate-limit, which reads the earlier attempts and writes them back with this
 * one: of twenty at once, twenty pass. So reading is taking here, in one step, and nothing is left to write.
 */
class Reservation extends Store {
  taken: Taken | null = null
  readonly #take: () => Promise<Taken>

  constructor(take: () => Promise<Taken>) {
    super()
    this.#take = take
  }

  override async getForIdentity(): Promise<number[]> {
    this.taken = await this.#take()
    // As many as fill the budget, or none: the rest has been decided.
    return this.taken.granted ? [] : Array.from({ length: this.taken.used }, () => Infinity)
  }

  override setForIdentity() {
    // done
  }
}

/** Takes one attempt at a field under a rule; `granted` is the limiter's word. */
export async function takeAttempt(
  counter: Counter,
  key: string,
  budget: Budget,
  { root, args, context, info }: ResolverData,
): Promise<Taken> {
  const store = new Reservation(() => counter.take(key, budget))
  const limiter = getGraphQLRateLimiter({ store, identifyContext: () => key })
  const field = { parent: root as unknown, args, context, info }
  const refusal = await limiter(field, { max: budget.max, window: `${budget.window}ms` })
  if (!store.taken) throw new Error('the limiter did not ask')
  return { ...store.taken, granted: refusal === undefined }
}
