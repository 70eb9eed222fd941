import { registerEnumType } from 'type-graphql'
import type { AuthenticationMethod as StoredMethod } from '../../generated/prisma/enums.js'

/** A method of proving one's identity, declared by the feature that checks it. */
interface MethodDeclaration {
  readonly description: string
  /** Its value in the `amr` claim of access tokens (RFC 8176). */
  readonly amr: string
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

/** The `amr` claim: how the user of the token signed in. */
export const amrOf = (used: readonly AuthenticationMethod[]) => used.map(amr)

function amr(method: AuthenticationMethod) {
  const declaration = methodDeclarations[method]
  if (!declaration) throw new Error(`no feature declares the authentication method ${method}`)
  return declaration.amr
}
