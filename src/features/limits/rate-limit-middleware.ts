import { hash } from 'node:crypto'
import type { ArgsDictionary, ResolverData } from 'type-graphql'
import { RateLimited } from '../../platform/errors.js'
import type { FieldMiddleware } from '../../platform/graphql/field-middleware.js'
import type { RateLimitStatus, RequestContext } from '../../platform/graphql/context.js'
import type { Metrics } from '../../platform/observability/metrics.js'
import type { Budget, Counter, ReservationResult } from './counter.js'
import {
  isReportedToClient,
  policyOf,
  type Identity,
  type Rule,
} from './mutation-policy.decorator.js'
import type { RefusalLog } from './refusal-log.js'
import type * as ReserveAttempt from './reserve-attempt.js'

/** Names the caller for each kind of identity; null if there is none. */
export type Identify = (
  per: Identity,
  attempt: { readonly args: ArgsDictionary; readonly context: RequestContext },
) => Promise<string | null>

// graphql-rate-limit takes 70 ms to load, mostly for parts that are not used here. So the first attempt loads it.
let rateLimiterModule: Promise<typeof ReserveAttempt> | undefined
const loadRateLimiter = () => (rateLimiterModule ??= import('./reserve-attempt.js'))

export interface RateLimitMiddlewareDeps {
  readonly counter: Counter
  readonly identify: Identify
  readonly metrics: Metrics
  readonly refusals: RefusalLog
  /** Multiplies every budget; 0 disables the limits. */
  readonly factor: number
}

/** Wraps every mutation. Counts each attempt where the field resolves, under each rule of its policy. */
export function createRateLimitMiddleware(deps: RateLimitMiddlewareDeps): FieldMiddleware {
  const { counter, identify, metrics, refusals, factor } = deps

  return async (field, next) => {
    const { context, info } = field
    const action = info.fieldName
    const policy = policyOf(info)
    if (factor === 0) return next()

    try {
      await reserveAll(policy.rules, field)
      return await next()
    } catch (error) {
      // Thrown by the rules above or by a budget inside the operation.
      if (error instanceof RateLimited) {
        refusals.record({ mutation: action, ...error.budget }, context.request)
      }
      throw error
    }
  }

  async function reserveAll(rules: readonly Rule[], field: ResolverData<RequestContext>) {
    const { args, context, info } = field
    const action = info.fieldName
    const { reserveAttempt } = await loadRateLimiter()
    for (const rule of rules) {
      const { per } = rule
      const who = await identify(per, { args, context })
      if (who === null) continue
      const budget = budgetOf(rule, factor)
      const reservation = await reserveAttempt(counter, keyOf(action, rule, who), budget, field)
      if (isReportedToClient[per]) context.rateLimits.push(toRateLimitStatus(reservation, budget))
      if (reservation.granted) continue
      metrics.attemptsRefused.inc({ action, per })
      throw new RateLimited(reservation.resetMs / 1_000, { per, who, guessedAccount: null })
    }
  }
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 } as const

const budgetOf = ({ max, window }: Rule, factor: number): Budget => ({
  max: Math.max(1, Math.round(max * factor)),
  windowMs: Number(window.slice(0, -1)) * unitMs[window.slice(-1) as keyof typeof unitMs],
})

/** Hashed: the key is short and unambiguous for any name, and contains no readable address. */
const keyOf = (action: string, { per, window }: Rule, who: string) =>
  `latchkey:attempts:${action}:${per}:${window}:${hash('sha256', who, 'base64url')}`

const toRateLimitStatus = (
  { used, granted, resetMs }: ReservationResult,
  { max, windowMs }: Budget,
): RateLimitStatus => ({
  max,
  remaining: granted ? max - used - 1 : 0,
  windowSeconds: windowMs / 1_000,
  resetSeconds: Math.ceil(resetMs / 1_000),
})
