import { Field, ID, ObjectType } from 'type-graphql'
import { GraphQLDateTime, GraphQLEmailAddress, GraphQLURL } from '../../platform/graphql/scalars.js'
import type { UserRow } from './account.store.js'

@ObjectType({ description: 'An account, as its owner sees it.' })
export class User {
  /** The session that is `current` in this user's list of sessions. */
  currentSessionId!: string | null

  @Field(() => ID, { description: 'Stable; the `sub` claim.' })
  id!: string

  @Field(() => GraphQLEmailAddress, {
    nullable: true,
    description: 'In canonical form: lower case, the domain in ASCII.',
  })
  email!: string | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether somebody proved to read what is sent to the address.',
  })
  emailVerified!: boolean | null

  @Field(() => String, { nullable: true, description: 'The unique handle, as the user writes it.' })
  username!: string | null

  @Field(() => String, { nullable: true, description: 'What the user wants to be called.' })
  name!: string | null

  @Field(() => String, { nullable: true, description: 'What the user says of themselves.' })
  bio!: string | null

  @Field(() => GraphQLURL, { nullable: true, description: 'A picture of the user.' })
  image!: string | null

  @Field(() => String, { nullable: true, description: 'BCP 47: the language of messages.' })
  locale!: string | null

  @Field(() => GraphQLDateTime, { description: 'When the account was created.' })
  createdAt!: Date

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When the account last changed.' })
  updatedAt!: Date | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When the user last signed in.' })
  lastLoginAt!: Date | null

  static from(row: UserRow, currentSessionId: string | null) {
    const { emailVerifiedAt, ...fields } = row
    const emailVerified = emailVerifiedAt !== null
    return Object.assign(new User(), fields, { emailVerified, currentSessionId })
  }
}
