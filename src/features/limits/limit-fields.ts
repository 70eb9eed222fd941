import { hash } from 'node:crypto'
import type { ArgsDictionary, ResolverData } from 'type-graphql'
import { RateLimited } from '../../platform/errors.js'
import type { AroundField } from '../../platform/graphql/around-fields.js'
import type { LimitStanding, RequestContext } from '../../platform/graphql/context.js'
import type { Metrics } from '../../platform/observability/metrics.js'
import type { Budget, Counter, Taken } from './counter.js'
import { isReported, policyOf, type Identity, type Rule } from './mutation-policy.decorator.js'
import type { Refusals } from './refusals.js'
import type * as TakeAttempt from './take-attempt.js'

/** Who makes an attempt, under each of the identities; null where there is nobody to count it for. */
export type Identify = (
  per: Identity,
  attempt: { readonly args: ArgsDictionary; readonly context: RequestContext },
) => Promise<string | null>

// graphql-rate-limit takes 70 ms to load, most of them for what is not used here: at the first attempt, then.
let taking: Promise<typeof TakeAttempt> | undefined
const loadTaking = () => (taking ??= import('./take-attempt.js'))

export interface LimitFieldsNeeds {
  readonly counter: Counter
  readonly identify: Identify
  readonly metrics: Metrics
  readonly refusals: Refusals
  /** Multiplies every budget; 0 turns the limits off. */
  readonly factor: number
}

/** To be put around every mutation: counts each attempt where it resolves, under each rule of its policy. */
export function createLimitFields(needs: LimitFieldsNeeds): AroundField {
  const { counter, identify, metrics, refusals, factor } = needs

  return async (field, next) => {
    const { context, info } = field
    const action = info.fieldName
    const policy = policyOf(info)
    if (factor === 0) return next()

    try {
      await takeAll(policy.rules, field)
      return await next()
    } catch (error) {
      // Of the rules above, or of what the operation itself counts.
      if (error instanceof RateLimited) {
        refusals.note({ mutation: action, ...error.budget }, context.request)
      }
      throw error
    }
  }

  async function takeAll(rules: readonly Rule[], field: ResolverData<RequestContext>) {
    const { args, context, info } = field
    const action = info.fieldName
    const { takeAttempt } = await loadTaking()
    for (const rule of rules) {
      const { per } = rule
      const who = await identify(per, { args, context })
      if (who === null) continue
      const budget = budgetOf(rule, factor)
      const taken = await takeAttempt(counter, keyOf(action, rule, who), budget, field)
      if (isReported[per]) context.standings.push(standing(taken, budget))
      if (taken.granted) continue
      metrics.attemptsRefused.inc({ action, per })
      throw new RateLimited(taken.reset / 1_000, { per, who, guessAt: null })
    }
  }
}

const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const

const budgetOf = ({ max, window }: Rule, factor: number): Budget => ({
  max: Math.max(1, Math.round(max * factor)),
  window: Number(window.slice(0, -1)) * units[window.slice(-1) as keyof typeof units],
})

/** Unambiguous whatever stands in a name, and short; nobody's address can be read from it. */
const keyOf = (action: string, { per, window }: Rule, who: string) =>
  `latchkey:attempts:${action}:${per}:${window}:${hash('sha256', who, 'base64url')}`

const standing = ({ used, granted, reset }: Taken, { max, window }: Budget): LimitStanding => ({
  max,
  remaining: granted ? max - used - 1 : 0,
  window: window / 1_000,
  reset: Math.ceil(reset / 1_000),
})
