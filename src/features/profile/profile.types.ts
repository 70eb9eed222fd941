import { createUnionType, Extensions, Field, ID, InputType, ObjectType } from 'type-graphql'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import { label } from '../../platform/graphql/check-variables.js'
import { GraphQLEmailAddress, GraphQLURL } from '../../platform/graphql/scalars.js'
import { presenceProof } from '../credentials/index.js'
import { User } from '../users/index.js'

@InputType({ description: 'What to change of the profile. Left out: unchanged. Null: cleared.' })
export class UpdateProfileInput {
  @Field(() => String, { nullable: true, description: 'The unique handle, 3 to 50 characters.' })
  username?: string | null

  @Field(() => String, {
    nullable: true,
    description: 'What the user wants to be called, 1 to 100 characters.',
  })
  name?: string | null

  @Field(() => String, { nullable: true, description: 'At most 500 characters.' })
  bio?: string | null

  @Field(() => GraphQLURL, { nullable: true, description: 'An http or https URL.' })
  image?: string | null

  @Extensions(label)
  @Field(() => String, {
    nullable: true,
    description: 'BCP 47, for messages: a hint. What cannot be understood is dropped.',
  })
  locale?: string | null
}

@InputType({ description: 'Your own account is deleted: to be sure, give its address.' })
export class DeleteAccountInput {
  @Field(() => GraphQLEmailAddress, { description: 'Must equal the account’s address.' })
  confirmEmail!: string

  @Field(() => String, { nullable: true, description: presenceProof })
  presenceProof?: string | null
}

@ObjectType({
  simpleResolvers: true,
  description: 'Something that is gone: evict the id from your cache.',
})
export class Deleted {
  @Field(() => ID, { description: 'What had this id.' })
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
