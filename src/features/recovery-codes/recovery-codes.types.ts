import { createUnionType, Field, ObjectType } from 'type-graphql'
import { AuthError } from '../../platform/graphql/auth-error.types.js'

@ObjectType({ simpleResolvers: true, description: 'New recovery codes.' })
export class RecoveryCodes {
  @Field(() => [String], {
    description: 'Ten codes. The service shows them only now. Each replaces a second factor once.',
  })
  codes!: readonly string[]
}

export const RegenerateRecoveryCodesResult = createUnionType({
  name: 'RegenerateRecoveryCodesResult',
  description: 'AuthError codes: MFA_NOT_ENABLED, REAUTHENTICATION_REQUIRED.',
  types: () => [RecoveryCodes, AuthError] as const,
})
