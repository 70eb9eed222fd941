import { hash } from 'node:crypto'
import { RateLimited } from '../../platform/errors.js'
import type { Metrics } from '../../platform/observability/metrics.js'
import type { Budget, Counter } from './counter.js'

export interface BudgetsDeps {
  readonly counter: Counter
  readonly metrics: Metrics
  /** Multiplies every budget; 0 disables the limits. */
  readonly factor: number
}

export type Budgets = ReturnType<typeof createBudgets>

/** Limits inside an operation, where the account is known and the action is about to run. */
export function createBudgets({ counter, metrics, factor }: BudgetsDeps) {
  return {
    /** Throws RateLimited when the budget is exhausted. */
    async reserve(action: string, who: string, { max, windowMs }: Budget) {
      if (factor === 0) return
      const key = `latchkey:done:${action}:${hash('sha256', who, 'base64url')}`
      const reservation = await counter.reserve(key, {
        max: Math.max(1, Math.round(max * factor)),
        windowMs,
      })
      if (reservation.granted) return
      metrics.attemptsRefused.inc({ action, per: 'account' })
      throw new RateLimited(reservation.resetMs / 1_000, {
        per: `${action} of account`,
        who,
        guessedAccount: null,
      })
    },
  }
}
