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
  REVOKED: 'The user ended the session, for example with `revokeSession` from another session.',
  REFRESH_TOKEN_REUSED:
    'A replaced refresh token was used after the grace interval, so the token was probably stolen.',
  EVICTED: 'The user exceeded the session limit, and this session was the least recently used.',
  PASSWORD_CHANGED: 'The password was changed or reset.',
  ACCOUNT_DISABLED: 'The account was disabled.',
  EXPIRED: 'The session was not used in time, or reached its absolute limit.',
} as const satisfies Record<StoredReason, string>

const SessionEndReason = Object.fromEntries(
  Object.keys(endReasons).map((reason) => [reason, reason]),
) as { [K in StoredReason]: K }
registerEnumType(SessionEndReason, {
  name: 'SessionEndReason',
  description: 'Why a session ended. New values may be added.',
  valuesConfig: Object.fromEntries(
    Object.entries(endReasons).map(([reason, description]) => [reason, { description }]),
  ),
})

@ObjectType({ simpleResolvers: true, description: 'A signed-in device or browser.' })
export class Session {
  @Field(() => ID, { description: 'The `sid` claim.' })
  id!: string

  @Field(() => Boolean, { description: 'Whether this session made the request.' })
  current!: boolean

  @Field(() => String, { nullable: true, description: 'The name given at sign-in.' })
  deviceName!: string | null

  @Field(() => String, { nullable: true, description: 'The User-Agent header at sign-in.' })
  userAgent!: string | null

  storedClient!: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'The browser and operating system, for example `Chrome on macOS`; null if unknown.',
  })
  get client(): string | null {
    return clientOf(this)
  }

  @Field(() => String, { nullable: true, description: 'The network address at sign-in.' })
  ipAddress!: string | null

  @Field(() => [AuthenticationMethod], { description: 'How the user signed in.' })
  authenticationMethods!: AuthenticationMethod[]

  @Field(() => GraphQLDateTime, { description: 'When the user signed in.' })
  createdAt!: Date

  @Field(() => GraphQLDateTime, {
    description: 'When the session was last used, accurate to one minute.',
  })
  lastUsedAt!: Date

  @Field(() => GraphQLDateTime, {
    description: 'When the session expires if it is not used. Never later than its absolute limit.',
  })
  expiresAt!: Date

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'When the session ended; null while it is live.',
  })
  endedAt!: Date | null

  @Field(() => SessionEndReason, {
    nullable: true,
    description: 'Why the session ended; null while it is live.',
  })
  endReason!: StoredReason | null

  static from(row: SessionRow, currentSessionId: string | null) {
    const current = row.id === currentSessionId
    return Object.assign(new Session(), row, { current })
  }
}

@ObjectType({ simpleResolvers: true, description: 'A session in a list.' })
export class SessionEdge {
  @Field(() => String, {
    description: 'The `after` argument for the sessions that follow this one.',
  })
  cursor!: string

  @Field(() => Session, { description: 'The session.' })
  node!: Session
}

@ObjectType({ simpleResolvers: true, description: 'A page of sessions.' })
export class SessionConnection {
  /** The owner of the sessions. They are counted only if the query selects `totalCount`. */
  userId!: string

  @Field(() => [SessionEdge], { description: 'The sessions with their cursors.' })
  edges!: SessionEdge[]

  @Field(() => [Session], { description: 'The sessions.' })
  nodes!: Session[]

  @Field(() => PageInfo, { description: 'The cursors of this page and whether more pages follow.' })
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
  @Field(() => [Session], {
    description: 'The ended sessions, with the time and reason of their end.',
  })
  sessions!: Session[]
}

export const RevokeSessionResult = createUnionType({
  name: 'RevokeSessionResult',
  description: 'AuthError codes: NOT_FOUND.',
  types: () => [Session, AuthError] as const,
})
