import { registerEnumType } from 'type-graphql'
import type { AuthenticationMethod as StoredMethod } from '../../generated/prisma/enums.js'

/** Every method, with its text and its name in the `amr` of access tokens (RFC 8176). */
const methods: Record<StoredMethod, { description: string; amr: string }> = {
  PASSWORD: { description: 'A password.', amr: 'pwd' },
}

export const AuthenticationMethod = Object.fromEntries(
  Object.keys(methods).map((method) => [method, method]),
) as { [K in StoredMethod]: K }
export type AuthenticationMethod = StoredMethod

registerEnumType(AuthenticationMethod, {
  name: 'AuthenticationMethod',
  description: 'A way in which a person proved who they are.',
  valuesConfig: methods,
})

/** What a token says of how its user signed in. */
export const amrOf = (used: readonly AuthenticationMethod[]) =>
  used.map((method) => methods[method].amr)
