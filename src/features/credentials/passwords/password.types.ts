import { createUnionType, Field, InputType } from 'type-graphql'
import { AuthError } from '../../../platform/graphql/auth-error.types.js'
import { GraphQLEmailAddress } from '../../../platform/graphql/scalars.js'
import { presenceProof } from '../presence-proof.types.js'
import { User } from '../../users/index.js'

@InputType({ description: 'The old password and the new one.' })
export class ChangePasswordInput {
  @Field(() => String, {
    nullable: true,
    description: 'Leave out only when the user has none; a `presenceProof` is needed then.',
  })
  currentPassword?: string | null

  @Field(() => String, { description: '`AuthSettings` tells how long it has to be.' })
  newPassword!: string

  @Field(() => String, { nullable: true, description: presenceProof })
  presenceProof?: string | null
}

@InputType({ description: 'Whose password was forgotten.' })
export class RequestPasswordResetInput {
  @Field(() => GraphQLEmailAddress, { description: 'The address of the account.' })
  email!: string
}

@InputType({ description: 'The proof from the message, and a new password.' })
export class ResetPasswordInput {
  @Field(() => String, { description: 'From the link in the message. Good for one use.' })
  token!: string

  @Field(() => String, { description: '`AuthSettings` tells how long it has to be.' })
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
