import { registerEnumType } from 'type-graphql'
import type { AuthenticationMethod as StoredMethod } from '../../generated/prisma/enums.js'

/** A way in which a person proves who they are, as the feature that checks it declares it. */
interface MethodDeclaration {
  readonly description: string
  /** Its name in the `amr` of access tokens (RFC 8176). */
  readonly amr: string
}

export type MethodDeclarations = Partial<Record<StoredMethod, MethodDeclaration>>

const methodDeclarations: MethodDeclarations = {}

export const AuthenticationMethod: { [K in StoredMethod]?: K } = {}
export type AuthenticationMethod = StoredMethod

registerEnumType(AuthenticationMethod, {
  name: 'AuthenticationMethod',
  description: 'A way in which a person proved who they are.',
  valuesConfig: methodDeclarations,
})

/** Before the schema is built. */
export function registerMethods(methods: MethodDeclarations) {
  Object.assign(methodDeclarations, methods)
  for (const method of Object.keys(methods))
    Object.assign(AuthenticationMethod, { [method]: method })
}

/** What a token says of how its user signed in. */
export const amrOf = (used: readonly AuthenticationMethod[]) => used.map(amr)

function amr(method: AuthenticationMethod) {
  const declaration = methodDeclarations[method]
  if (!declaration) throw new Error(`no feature declares the authentication method ${method}`)
  return declaration.amr
}
