import { readFileSync } from 'node:fs'
import { buildSchema, isInputObjectType, getNamedType } from 'graphql'
import { decodeJwt } from './jwt.js'

const schema = buildSchema(
  readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'),
)

const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})

export const mutationNames: readonly string[] = mutations.map(({ name }) => name)

/** The mutations with a presence proof in their input. */
export const stepUpMutations: ReadonlySet<string> = new Set(
  mutations.flatMap(({ name, args }) => {
    const inputs = args.map(({ type }) => getNamedType(type)).filter(isInputObjectType)
    return inputs.some((input) => 'presenceProof' in input.getFields()) ? [name] : []
  }),
)

/** The latest proof of each session, as a client stores it. */
const proofs = new Map<unknown, string>()

function sessionIdOf(token: string): unknown {
  try {
    return decodeJwt(token).claims['sid']
  } catch {
    return undefined // a forged token belongs to no session
  }
}

/** The proof that the session of this token holds; undefined when it has none. */
export const presenceProofOf = (token: string) => proofs.get(sessionIdOf(token))

/** Stores the proofs from sign-ins and reauthentications. */
export function storePresenceProofs({ data }: { readonly data: unknown }) {
  for (const result of Object.values((data ?? {}) as Record<string, unknown>)) {
    const { accessToken, presenceProof } = (result ?? {}) as Partial<Record<string, unknown>>
    if (typeof accessToken === 'string' && typeof presenceProof === 'string') {
      proofs.set(sessionIdOf(accessToken), presenceProof)
    }
  }
}

/** Adds the session's proof to the input of a step-up mutation, unless the test sets one itself, or null. */
export function withPresenceProof(query: string, variables: unknown, token?: string | null) {
  const [, field = ''] = /^mutation[^{]*\{\s*(?:\w+:\s*)?(\w+)/.exec(query) ?? []
  if (!token || !stepUpMutations.has(field)) return variables
  const { input, ...others } = (variables ?? {}) as { input?: Record<string, unknown> }
  return { ...others, input: { presenceProof: presenceProofOf(token), ...input } }
}
