import { createUnionType, Field, InputType } from 'type-graphql'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import { GraphQLEmailAddress } from '../../platform/graphql/scalars.js'
import { User } from '../users/index.js'

@InputType({ description: 'The address to verify.' })
export class RequestEmailVerificationInput {
  @Field(() => GraphQLEmailAddress, { description: 'The address of the account.' })
  email!: string
}

@InputType({ description: 'The token from the e-mail and a proof of the person.' })
export class VerifyEmailInput {
  @Field(() => String, { description: 'From the link in the e-mail. Works once.' })
  token!: string

  @Field(() => String, {
    nullable: true,
    description:
      'Proves that the person who opens the link registered the account. Not needed in a session of that account.',
  })
  password?: string | null
}

export const VerifyEmailResult = createUnionType({
  name: 'VerifyEmailResult',
  description: 'AuthError codes: INVALID_TOKEN, TOKEN_EXPIRED, INVALID_CREDENTIALS.',
  types: () => [User, AuthError] as const,
})
