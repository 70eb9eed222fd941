import { Extensions, Field, ID, ObjectType } from 'type-graphql'
import { costs } from '../../platform/graphql/documents/limits.js'
import type { Viewer } from '../../platform/graphql/context.js'
import { GraphQLDateTime, GraphQLEmailAddress, GraphQLURL } from '../../platform/graphql/scalars.js'
import type { UserRow } from './user.store.js'

@ObjectType({
  simpleResolvers: true,
  description:
    'An account. `id`, `username`, `name`, `bio`, `image`, `createdAt` are for anyone who may see the user; the rest is null for everyone but the user.',
})
export class User {
  /** Whether whoever asks is the user. */
  isOwn!: boolean

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

  @Extensions({ cost: costs.longText })
  @Field(() => String, { nullable: true, description: 'What the user says of themselves.' })
  bio!: string | null

  @Extensions({ cost: costs.longText })
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

  /** As the user sees it. */
  static from(row: UserRow, currentSessionId: string | null) {
    const { emailVerifiedAt, ...fields } = row
    const emailVerified = emailVerifiedAt !== null
    return Object.assign(new User(), fields, { isOwn: true, emailVerified, currentSessionId })
  }

  /** The user's own account, as the answer to somebody who may have another session, or none. */
  static forViewer(viewer: Viewer | null, row: UserRow) {
    return User.from(row, viewer?.userId === row.id ? viewer.sessionId : null)
  }

  /** As anyone sees it: what is not named here is the user's own. The profile of a disabled account is nobody's. */
  static publicView(row: UserRow, { isDisabled }: { isDisabled: boolean }) {
    const { id, createdAt, username, name, bio, image } = row
    const profile = isDisabled ? {} : { username, name, bio, image }
    return Object.assign(new User(), { isOwn: false, id, createdAt, ...profile })
  }
}
