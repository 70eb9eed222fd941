import { hash } from 'node:crypto'
import { RateLimited } from '../../platform/errors.js'
import type { Metrics } from '../../platform/observability/metrics.js'
import type { Budget, Counter } from './counter.js'

export interface BudgetsNeeds {
  readonly counter: Counter
  readonly metrics: Metrics
  /** Multiplies every budget; 0 turns the limits off. */
  readonly factor: number
}

export type Budgets = ReturnType<typeof createBudgets>

/** Limits inside an operation, where it is known whom it concerns and that it is about to be done. */
export function createBudgets({ counter, metrics, factor }: BudgetsNeeds) {
  return {
    /** Throws RateLimited when it has been done too often. */
    async take(action: string, who: string, { max, window }: Budget) {
      if (factor === 0) return
      const key = `latchkey:done:${action}:${hash('sha256', who, 'base64url')}`
      const taken = await counter.take(key, { max: Math.max(1, Math.round(max * factor)), window })
      if (taken.granted) return
      metrics.attemptsRefused.inc({ action, per: 'account' })
      throw new RateLimited(taken.reset / 1_000, {
        per: `${action} of account`,
        who,
        guessAt: null,
      })
    },
  }
}
