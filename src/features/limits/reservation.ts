import { Store } from 'graphql-rate-limit'
import type { Budget, Counter, Taken } from './counter.js'

/**
 * The store of one attempt for graphql-rate-limit, which reads the earlier attempts and writes them back with this
 * one: of twenty at once, twenty pass. So reading is taking here, in one step, and nothing is left to write.
 */
export class Reservation extends Store {
  taken: Taken | null = null
  readonly #counter: Counter
  readonly #key: string
  readonly #budget: Budget

  constructor(counter: Counter, key: string, budget: Budget) {
    super()
    this.#counter = counter
    this.#key = key
    this.#budget = budget
  }

  override async getForIdentity(): Promise<number[]> {
    this.taken = await this.#counter.take(this.#key, this.#budget)
    return Array.from({ length: this.taken.used }, () => Infinity) // times within the window, whenever that is
  }

  override setForIdentity() {
    // done
  }
}
