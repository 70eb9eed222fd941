import type { GraphQLObjectType, GraphQLSchema } from 'graphql'
import { Extensions } from 'type-graphql'

/** Whose attempts are counted together. */
export type Identity =
  /** The client's IPv4 address, also one that is embedded in IPv6, or IPv6 /64. */
  | 'network'
  /** The client's IPv6 /48; nobody's for IPv4. */
  | 'site'
  /** The account concerned: that of the address typed, else the viewer's. It need not exist. */
  | 'account'
  /** The viewer's session. */
  | 'session'
  /** The session that the refresh token names. */
  | 'refreshToken'

/**
 * Whether clients are told what is left of a budget. Others draw on the budget of an account too: its state would tell a
 * stranger that somebody used the address, and so who has an account.
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
  /** Attempts within any window of that length. */
  readonly max: number
  readonly window: `${number}${'s' | 'm' | 'h'}`
}

export interface Policy {
  /** Takes a secret that could be guessed, or costs a hash: at most one of these per operation. */
  readonly takesCredentials: boolean
  /** Milliseconds within which it starts to write, or is refused with SERVICE_BUSY. */
  readonly deadlineMs: number
  readonly rules: readonly Rule[]
}

const deadlineMs = 5_000

/**
 * How often a mutation may be attempted: stands above its resolver. Attempts are counted where a field resolves, so that
 * aliases, fragments and batches multiply nothing.
 */
export const MutationPolicy = (policy: Omit<Policy, 'deadlineMs'> & Partial<Policy>) =>
  Extensions({ policy: withSiteRules({ deadlineMs, ...policy }) })

/**
 * How much more a whole IPv6 /48 may attempt than one network in it. One customer may hold all of its 65,536 networks of 64
 * bits; but a mobile carrier gives each of as many customers one of them. Sixteen customers at their limit are honest
 * traffic, and an attacker gains a factor of 16 instead of 65,536.
 */
const siteFactor = 16

/** Every rule per address also holds, with the wider budget, for the site around it. */
const withSiteRules = ({ rules, ...policy }: Policy): Policy => ({
  ...policy,
  rules: rules.flatMap((rule) =>
    rule.per === 'network' ? [rule, { ...rule, per: 'site', max: rule.max * siteFactor }] : [rule],
  ),
})

/** Throws for a mutation that declares none: what nobody limited is not offered. */
export function policyOf({ fieldName, parentType }: MutationField): Policy {
  const policy = parentType.getFields()[fieldName]?.extensions['policy']
  if (!policy) throw new Error(`the mutation ${fieldName} has no @MutationPolicy`)
  return policy as Policy
}

interface MutationField {
  readonly fieldName: string
  readonly parentType: GraphQLObjectType
}

/** Those of all mutations, by name. */
export function policiesOf(schema: GraphQLSchema): ReadonlyMap<string, Policy> {
  const parentType = schema.getMutationType()
  if (!parentType) return new Map()
  const names = Object.keys(parentType.getFields())
  return new Map(names.map((fieldName) => [fieldName, policyOf({ fieldName, parentType })]))
}
