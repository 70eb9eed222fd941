import { createUnionType, Extensions, Field, ID, InputType, ObjectType } from 'type-graphql'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import { label } from '../../platform/graphql/check-variables.js'
import { GraphQLEmailAddress, GraphQLURL } from '../../platform/graphql/scalars.js'
import { presenceProof } from '../credentials/index.js'
import { User } from '../users/index.js'

@InputType({
  description:
    'The fields of the profile to change. Omitted fields stay unchanged. Null clears a field.',
})
export class UpdateProfileInput {
  @Field(() => String, { nullable: true, description: 'A unique handle of 3 to 50 characters.' })
  username?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'The display name, 1 to 100 characters.',
  })
  name?: string | null

  @Field(() => String, { nullable: true, description: 'At most 500 characters.' })
  bio?: string | null

  @Field(() => GraphQLURL, { nullable: true, description: 'An http or https URL.' })
  image?: string | null

  @Extensions(label)
  @Field(() => String, {
    nullable: true,
    description:
      'A BCP 47 language tag for e-mails. The service ignores values that it cannot parse.',
  })
  locale?: string | null
}

@InputType({ description: 'The confirmation for the deletion of your account.' })
export class DeleteAccountInput {
  @Field(() => GraphQLEmailAddress, { description: 'Must match the address of the account.' })
  confirmEmail!: string

  @Field(() => String, { nullable: true, description: presenceProof })
  presenceProof?: string | null
}

@ObjectType({
  simpleResolvers: true,
  description: 'A deleted object. Evict its id from your cache.',
})
export class Deleted {
  @Field(() => ID, { description: 'The id of the deleted object.' })
  id!: string
}

export const UpdateProfileResult = createUnionType({
  name: 'UpdateProfileResult',
  description: 'AuthError codes: USERNAME_TAKEN, INVALID_INPUT.',
  types: () => [User, AuthError] as const,
})

export const DeleteAccountResult = createUnionType({
  name: 'DeleteAccountResult',
  description: 'AuthError codes: INVALID_INPUT, REAUTHENTICATION_REQUIRED.',
  types: () => [Deleted, AuthError] as const,
})
