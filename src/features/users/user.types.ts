import { Extensions, Field, ID, ObjectType } from 'type-graphql'
import { costs } from '../../platform/graphql/documents/limits.js'
import type { Viewer } from '../../platform/graphql/context.js'
import { GraphQLDateTime, GraphQLEmailAddress, GraphQLURL } from '../../platform/graphql/scalars.js'
import type { UserRow } from './user.store.js'

@ObjectType({
  simpleResolvers: true,
  description:
    'An account. Anyone who may see the user can read `id`, `username`, `name`, `bio`, `image` and `createdAt`. Only the user can read the other fields; they are null for everyone else.',
})
export class User {
  /** Whether the client sees its own account. */
  isOwn!: boolean

  /** The session that is `current` in this user's list of sessions. */
  currentSessionId!: string | null

  @Field(() => ID, { description: 'The stable id of the user: the `sub` claim.' })
  id!: string

  @Field(() => GraphQLEmailAddress, {
    nullable: true,
    description: 'In canonical form: lower case, the domain in ASCII.',
  })
  email!: string | null

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the user proved that they receive mail at this address.',
  })
  emailVerified!: boolean | null

  @Field(() => String, { nullable: true, description: 'The unique handle, as the user writes it.' })
  username!: string | null

  @Field(() => String, { nullable: true, description: 'The display name of the user.' })
  name!: string | null

  @Extensions({ cost: costs.longText })
  @Field(() => String, {
    nullable: true,
    description: 'A short text by the user about themselves.',
  })
  bio!: string | null

  @Extensions({ cost: costs.longText })
  @Field(() => GraphQLURL, { nullable: true, description: 'A picture of the user.' })
  image!: string | null

  @Field(() => String, {
    nullable: true,
    description: 'The language of messages to the user (BCP 47).',
  })
  locale!: string | null

  @Field(() => GraphQLDateTime, { description: 'When the account was created.' })
  createdAt!: Date

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When the account last changed.' })
  updatedAt!: Date | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When the user last signed in.' })
  lastLoginAt!: Date | null

  /** The account as its user sees it. */
  static from(row: UserRow, currentSessionId: string | null) {
    const { emailVerifiedAt, ...fields } = row
    const emailVerified = emailVerifiedAt !== null
    return Object.assign(new User(), fields, { isOwn: true, emailVerified, currentSessionId })
  }

  /** The user's own account, in a response to a client that may have another session or none. */
  static forViewer(viewer: Viewer | null, row: UserRow) {
    return User.from(row, viewer?.userId === row.id ? viewer.sessionId : null)
  }

  /** The account as anyone sees it: fields not listed here are private. The profile of a disabled account is hidden. */
  static publicView(row: UserRow, { isDisabled }: { isDisabled: boolean }) {
    const { id, createdAt, username, name, bio, image } = row
    const profile = isDisabled ? {} : { username, name, bio, image }
    return Object.assign(new User(), { isOwn: false, id, createdAt, ...profile })
  }
}
