import { createUnionType, Field, InputType } from 'type-graphql'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import { GraphQLEmailAddress } from '../../platform/graphql/scalars.js'
import { presenceProof } from '../credentials/index.js'
import { MailRequested, User } from '../users/index.js'

@InputType({ description: 'Another address for your account.' })
export class RequestEmailChangeInput {
  @Field(() => GraphQLEmailAddress, { description: 'It has to be confirmed there.' })
  newEmail!: string

  @Field(() => String, { nullable: true, description: presenceProof })
  presenceProof?: string | null
}

@InputType({
  description:
    'The proof from the message to the new address, and of the person: programs that read mail press buttons. Either the session that asked or the password proves the person.',
})
export class ConfirmEmailChangeInput {
  @Field(() => String, { description: 'From the link in the message. Good for one use.' })
  token!: string

  @Field(() => String, {
    nullable: true,
    description:
      'The password of the account. Not needed in the session that asked for the change.',
  })
  password?: string | null
}

@InputType({ description: 'The proof that the owner of the old address rejects the change.' })
export class RejectEmailChangeInput {
  @Field(() => String, { description: 'From the link in a message to the old address.' })
  token!: string

  @Field(() => GraphQLEmailAddress, { description: 'The old address, typed by the person.' })
  confirmEmail!: string

  @Field(() => String, {
    nullable: true,
    description:
      'Needed once the change is confirmed: the password that was valid when the change was requested.',
  })
  password?: string | null
}

export const RequestEmailChangeResult = createUnionType({
  name: 'RequestEmailChangeResult',
  description:
    'AuthError codes: INVALID_INPUT, REAUTHENTICATION_REQUIRED. Never that an address is taken: its owner is told by mail.',
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
