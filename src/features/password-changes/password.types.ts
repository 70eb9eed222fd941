import { createUnionType, Field, InputType } from 'type-graphql'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import { GraphQLEmailAddress } from '../../platform/graphql/scalars.js'
import { presenceProof } from '../credentials/index.js'
import { User } from '../users/index.js'

@InputType({ description: 'The current and the new password.' })
export class ChangePasswordInput {
  @Field(() => String, {
    nullable: true,
    description: 'Omit it only if the user has no password. Then a `presenceProof` is required.',
  })
  currentPassword?: string | null

  @Field(() => String, { description: 'See `AuthSettings` for the length limits.' })
  newPassword!: string

  @Field(() => String, { nullable: true, description: presenceProof })
  presenceProof?: string | null
}

@InputType({ description: 'The account whose password the user forgot.' })
export class RequestPasswordResetInput {
  @Field(() => GraphQLEmailAddress, { description: 'The address of the account.' })
  email!: string
}

@InputType({ description: 'The token from the e-mail and a new password.' })
export class ResetPasswordInput {
  @Field(() => String, { description: 'From the link in the e-mail. Works once.' })
  token!: string

  @Field(() => String, { description: 'See `AuthSettings` for the length limits.' })
  newPassword!: string
}

export const ChangePasswordResult = createUnionType({
  name: 'ChangePasswordResult',
  description: 'AuthError codes: INVALID_CREDENTIALS, WEAK_PASSWORD, REAUTHENTICATION_REQUIRED.',
  types: () => [User, AuthError] as const,
})

export const ResetPasswordResult = createUnionType({
  name: 'ResetPasswordResult',
  description: 'AuthError codes: INVALID_TOKEN, TOKEN_EXPIRED, WEAK_PASSWORD.',
  types: () => [User, AuthError] as const,
})
