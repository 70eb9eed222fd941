import { createUnionType, Field, InputType } from 'type-graphql'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import { GraphQLEmailAddress } from '../../platform/graphql/scalars.js'
import { presenceProof } from '../credentials/index.js'
import { MailRequested, User } from '../users/index.js'

@InputType({ description: 'A new address for your account.' })
export class RequestEmailChangeInput {
  @Field(() => GraphQLEmailAddress, {
    description: 'The new address. The service sends a confirmation link to it.',
  })
  newEmail!: string

  @Field(() => String, { nullable: true, description: presenceProof })
  presenceProof?: string | null
}

@InputType({
  description:
    'The token from the e-mail to the new address, and a proof of the person: mail scanners press buttons. The requesting session or the password proves the person.',
})
export class ConfirmEmailChangeInput {
  @Field(() => String, { description: 'From the link in the e-mail. Works once.' })
  token!: string

  @Field(() => String, {
    nullable: true,
    description:
      'The password of the account. Not needed in the session that requested the change.',
  })
  password?: string | null
}

@InputType({ description: 'The proof that the owner of the old address rejects the change.' })
export class RejectEmailChangeInput {
  @Field(() => String, { description: 'From the link in an e-mail to the old address.' })
  token!: string

  @Field(() => GraphQLEmailAddress, { description: 'The old address. The person must type it.' })
  confirmEmail!: string

  @Field(() => String, {
    nullable: true,
    description:
      'Needed after the confirmation: the password that was valid when the change was requested.',
  })
  password?: string | null
}

export const RequestEmailChangeResult = createUnionType({
  name: 'RequestEmailChangeResult',
  description:
    'AuthError codes: INVALID_INPUT, REAUTHENTICATION_REQUIRED. The answer never tells that an address is taken. Its owner gets an e-mail.',
  types: () => [User, AuthError] as const,
})

export const ConfirmEmailChangeResult = createUnionType({
  name: 'ConfirmEmailChangeResult',
  description: 'AuthError codes: INVALID_TOKEN, TOKEN_EXPIRED, INVALID_CREDENTIALS.',
  types: () => [User, AuthError] as const,
})

export const RejectEmailChangeResult = createUnionType({
  name: 'RejectEmailChangeResult',
  description: 'AuthError codes: INVALID_TOKEN, TOKEN_EXPIRED, INVALID_INPUT, INVALID_CREDENTIALS.',
  types: () => [MailRequested, AuthError] as const,
})
