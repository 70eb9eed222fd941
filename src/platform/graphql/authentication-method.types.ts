import { registerEnumType } from 'type-graphql'
import type { AuthenticationMethod as StoredMethod } from '../../generated/prisma/enums.js'

export const AuthenticationMethod = { PASSWORD: 'PASSWORD' } as const satisfies {
  [K in StoredMethod]: K
}
export type AuthenticationMethod = StoredMethod

registerEnumType(AuthenticationMethod, {
  name: 'AuthenticationMethod',
  description: 'A way in which a person proved who they are.',
  valuesConfig: { PASSWORD: { description: 'A password.' } },
})
