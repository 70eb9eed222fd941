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

/** Who makes an attempt, under each of the identities; null where there is nobody to count it for. */
export type Identify = (
  per: Identity,
  attempt: { readonly args: ArgsDictionary; readonly context: RequestContext },
) => Promise<string | null>

// graphql-rate-limit takes 70 ms to load, most of them for what is not used here: at the first attempt, then.
let rateLimiterModule: Promise<typeof ReserveAttempt> | undefined
const loadRateLimiter = () => (rateLimiterModule ??= import('./reserve-attempt.js'))

export interface RateLimitMiddlewareDeps {
  readonly counter: Counter
  readonly identify: Identify
  readonly metrics: Metrics
  readonly refusals: RefusalLog
  /** Multiplies every budget; 0 turns the limits off. */
  readonly factor: number
}

/** To be put around every mutation: counts each attempt where it resolves, under each rule of its policy. */
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
      // Of the rules above, or of what the operation itself counts.
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

/** Unambiguous whatever stands in a name, and short; nobody's address can be read from it. */
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
