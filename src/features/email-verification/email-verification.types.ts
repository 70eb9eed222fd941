import { createUnionType, Field, InputType } from 'type-graphql'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import { GraphQLEmailAddress } from '../../platform/graphql/scalars.js'
import { User } from '../users/index.js'

@InputType({ description: 'The address to be verified.' })
export class RequestEmailVerificationInput {
  @Field(() => GraphQLEmailAddress, { description: 'The address of the account.' })
  email!: string
}

@InputType({ description: 'The proof from the message.' })
export class VerifyEmailInput {
  @Field(() => String, { description: 'From the link in the message. Good for one use.' })
  token!: string

  @Field(() => String, {
    nullable: true,
    description:
      'Proves that the person who opens the link is the one who registered; not needed in a session of that account.',
  })
  password?: string | null
}

export const VerifyEmailResult = createUnionType({
  name: 'VerifyEmailResult',
  description: 'AuthError codes: INVALID_TOKEN, TOKEN_EXPIRED, INVALID_CREDENTIALS.',
  types: () => [User, AuthError] as const,
})
