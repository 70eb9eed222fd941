import type { GraphQLObjectType, GraphQLSchema } from 'graphql'
import { Extensions } from 'type-graphql'

/** The unit whose attempts share a budget. */
export type Identity =
  /** The client's IPv4 address (also if embedded in IPv6) or IPv6 /64. */
  | 'network'
  /** The client's IPv6 /48; null for IPv4. */
  | 'site'
  /** The account of the typed address, else the viewer's. It need not exist. */
  | 'account'
  /** The viewer's session. */
  | 'session'
  /** The session that the refresh token names. */
  | 'refreshToken'

/**
 * Whether the response tells clients how much of a budget is left. Several people can use the budget of one account.
 * Its state would reveal that another person used the address, and so whether an account has it.
 */
export const isReportedToClient: Readonly<Record<Identity, boolean>> = {
  network: true,
  site: true,
  account: false,
  session: true,
  refreshToken: true,
}

export interface Rule {
  readonly per: Identity
  /** Attempts within any window of this length. */
  readonly max: number
  readonly window: `${number}${'s' | 'm' | 'h'}`
}

export interface Policy {
  /**
   * The mutation checks a guessable secret or computes a password hash. An operation may contain one of these at most.
   */
  readonly takesCredentials: boolean
  /**
   * How long the mutation may wait before it starts to write, in milliseconds. After that it fails with SERVICE_BUSY.
   */
  readonly deadlineMs: number
  readonly rules: readonly Rule[]
}

const deadlineMs = 5_000

/**
 * Put this above a resolver: how often the mutation may be attempted. Attempts are counted where a field resolves, so
 * aliases, fragments and batches give no extra attempts.
 */
export const MutationPolicy = (policy: Omit<Policy, 'deadlineMs'> & Partial<Policy>) =>
  Extensions({ policy: withSiteRules({ deadlineMs, ...policy }) })

/**
 * How many times the budget of one network a whole IPv6 /48 has. One customer may hold all 65,536 /64 networks of a
 * /48. But a mobile carrier gives each of its customers one /64. Sixteen customers at their limit are honest traffic.
 * An attacker gains a factor of 16 instead of 65,536.
 */
const siteFactor = 16

/** Adds to every `network` rule a `site` rule with the wider budget. */
const withSiteRules = ({ rules, ...policy }: Policy): Policy => ({
  ...policy,
  rules: rules.flatMap((rule) =>
    rule.per === 'network' ? [rule, { ...rule, per: 'site', max: rule.max * siteFactor }] : [rule],
  ),
})

/** Throws for a mutation without a policy: unlimited mutations are not allowed. */
export function policyOf({ fieldName, parentType }: MutationField): Policy {
  const policy = parentType.getFields()[fieldName]?.extensions['policy']
  if (!policy) throw new Error(`the mutation ${fieldName} has no @MutationPolicy`)
  return policy as Policy
}

interface MutationField {
  readonly fieldName: string
  readonly parentType: GraphQLObjectType
}

/** The policies of all mutations, by name. */
export function policiesOf(schema: GraphQLSchema): ReadonlyMap<string, Policy> {
  const parentType = schema.getMutationType()
  if (!parentType) return new Map()
  const names = Object.keys(parentType.getFields())
  return new Map(names.map((fieldName) => [fieldName, policyOf({ fieldName, parentType })]))
}
