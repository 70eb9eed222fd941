import { registerEnumType } from 'type-graphql'
import type { AuthenticationMethod as StoredMethod } from '../../generated/prisma/enums.js'

/** A method of proving one's identity, declared by the feature that checks it. */
interface MethodDeclaration {
  readonly description: string
  /** Its values in the `amr` claim of access tokens (RFC 8176). Empty if no value is registered. */
  readonly amr: readonly string[]
  /** Whether this method alone proves two factors, such as possession of a device and its PIN. */
  readonly isMultiFactor?: boolean
}

export type MethodDeclarations = Partial<Record<StoredMethod, MethodDeclaration>>

const methodDeclarations: MethodDeclarations = {}

export const AuthenticationMethod: { [K in StoredMethod]?: K } = {}
export type AuthenticationMethod = StoredMethod

registerEnumType(AuthenticationMethod, {
  name: 'AuthenticationMethod',
  description: 'A method by which a person proved their identity.',
  valuesConfig: methodDeclarations,
})

/** Call this before the schema is built. */
export function registerMethods(methods: MethodDeclarations) {
  Object.assign(methodDeclarations, methods)
  for (const method of Object.keys(methods))
    Object.assign(AuthenticationMethod, { [method]: method })
}

/**
 * The `amr` claim: how the user of the token signed in. `mfa` stands for two factors (RFC 8176 §2), so it depends on
 * all methods together.
 */
export const amrOf = (used: readonly AuthenticationMethod[]): string[] => [
  ...new Set([
    ...used.flatMap((method) => declarationOf(method).amr),
    ...(isMultiFactor(used) ? ['mfa'] : []),
  ]),
]

/** Whether these methods prove two different factors. */
export const isMultiFactor = (used: readonly AuthenticationMethod[]) =>
  new Set(used).size > 1 || used.some((method) => declarationOf(method).isMultiFactor === true)

function declarationOf(method: AuthenticationMethod) {
  const declaration = methodDeclarations[method]
  if (!declaration) throw new Error(`no feature declares the authentication method ${method}`)
  return declaration
}
