import { createUnionType, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import type { SessionEndReason as StoredReason } from '../../generated/prisma/enums.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import { AuthenticationMethod } from '../../platform/graphql/authentication-method.types.js'
import { GraphQLDateTime } from '../../platform/graphql/scalars.js'
import { PageInfo } from '../../platform/graphql/page-info.types.js'
import { cutPage, type Position } from '../../platform/graphql/pagination.js'
import { clientOf } from './client-description.js'
import type { SessionRow } from './session.store.js'

const endReasons = {
  LOGOUT: 'The user signed out.',
  REVOKED: 'The user ended it from another session.',
  REFRESH_TOKEN_REUSED:
    'Its refresh token was stolen: a replaced one was used after the grace interval.',
  EVICTED: 'The user signed in on more devices than are allowed; it was the least recently used.',
  PASSWORD_CHANGED: 'The password was changed or reset.',
  ACCOUNT_DISABLED: 'The account was disabled.',
  EXPIRED: 'It was not used in time, or reached its absolute limit.',
} as const satisfies Record<StoredReason, string>

const SessionEndReason = Object.fromEntries(
  Object.keys(endReasons).map((reason) => [reason, reason]),
) as { [K in StoredReason]: K }
registerEnumType(SessionEndReason, {
  name: 'SessionEndReason',
  description: 'Why a session ended. Values may be added.',
  valuesConfig: Object.fromEntries(
    Object.entries(endReasons).map(([reason, description]) => [reason, { description }]),
  ),
})

@ObjectType({ simpleResolvers: true, description: 'A signed-in device or browser.' })
export class Session {
  @Field(() => ID, { description: 'The `sid` claim.' })
  id!: string

  @Field(() => Boolean, { description: 'Whether it is the session of this request.' })
  current!: boolean

  @Field(() => String, { nullable: true, description: 'The name given at sign-in.' })
  deviceName!: string | null

  @Field(() => String, { nullable: true, description: 'The User-Agent header at sign-in.' })
  userAgent!: string | null

  storedClient!: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'The user agent in words, for example `Chrome on macOS`; null when it is not known.',
  })
  get client(): string | null {
    return clientOf(this)
  }

  @Field(() => String, { nullable: true, description: 'The network address at sign-in.' })
  ipAddress!: string | null

  @Field(() => [AuthenticationMethod], { description: 'How the person signed in.' })
  authenticationMethods!: AuthenticationMethod[]

  @Field(() => GraphQLDateTime, { description: 'When the person signed in.' })
  createdAt!: Date

  @Field(() => GraphQLDateTime, { description: 'When it was last used, to the minute.' })
  lastUsedAt!: Date

  @Field(() => GraphQLDateTime, {
    description: 'When it ends if it is not used; never later than its absolute limit.',
  })
  expiresAt!: Date

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'When it ended; null while it lives.',
  })
  endedAt!: Date | null

  @Field(() => SessionEndReason, { nullable: true, description: 'Why it ended.' })
  endReason!: StoredReason | null

  static from(row: SessionRow, currentSessionId: string | null) {
    const current = row.id === currentSessionId
    return Object.assign(new Session(), row, { current })
  }
}

@ObjectType({ simpleResolvers: true, description: 'A session in a list.' })
export class SessionEdge {
  @Field(() => String, { description: 'Where the list goes on after this session.' })
  cursor!: string

  @Field(() => Session, { description: 'The session.' })
  node!: Session
}

@ObjectType({ simpleResolvers: true, description: 'A page of sessions.' })
export class SessionConnection {
  /** Whose sessions they are: counted only when `totalCount` is asked for. */
  userId!: string

  @Field(() => [SessionEdge], { description: 'The sessions with their cursors.' })
  edges!: SessionEdge[]

  @Field(() => [Session], { description: 'The sessions.' })
  nodes!: Session[]

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  pageInfo!: PageInfo

  static from(rows: SessionRow[], page: SessionPageView) {
    const { items, pageInfo } = cutPage(rows, { ...page, position: sessionPosition })
    const edges = items.map(({ row, cursor }) =>
      Object.assign(new SessionEdge(), { cursor, node: Session.from(row, page.currentSessionId) }),
    )
    const nodes = edges.map((edge) => edge.node)
    return Object.assign(new SessionConnection(), { userId: page.userId, edges, nodes, pageInfo })
  }
}

interface SessionPageView {
  readonly userId: string
  readonly first: number
  readonly after: Position | null
  readonly currentSessionId: string | null
}

const sessionPosition = ({ lastUsedAt, id }: SessionRow): Position => ({ time: lastUsedAt, id })

@InputType({ description: 'The session to end.' })
export class RevokeSessionInput {
  @Field(() => ID, { description: 'One of your own sessions.' })
  sessionId!: string
}

@ObjectType({ simpleResolvers: true, description: 'The sessions that were ended.' })
export class RevokedSessions {
  @Field(() => [Session], { description: 'With the time and the reason of their end.' })
  sessions!: Session[]
}

export const RevokeSessionResult = createUnionType({
  name: 'RevokeSessionResult',
  description: 'AuthError codes: NOT_FOUND.',
  types: () => [Session, AuthError] as const,
})
