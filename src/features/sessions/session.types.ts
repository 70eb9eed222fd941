import { Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import type { AuthenticationMethod as StoredMethod } from '../../generated/prisma/enums.js'
import { GraphQLDateTime } from '../../platform/graphql/scalars.js'
import { PageInfo } from '../../platform/graphql/page-info.types.js'
import { cutPage, type Position } from '../../platform/graphql/pagination.js'
import type { SessionRow } from './session.store.js'

const AuthenticationMethod = { PASSWORD: 'PASSWORD' } as const satisfies {
  [K in StoredMethod]: K
}
registerEnumType(AuthenticationMethod, {
  name: 'AuthenticationMethod',
  description: 'A way in which a person proved who they are.',
  valuesConfig: { PASSWORD: { description: 'A password.' } },
})

@ObjectType({ description: 'A signed-in device or browser.' })
export class Session {
  @Field(() => ID, { description: 'The `sid` claim.' })
  id!: string

  @Field(() => Boolean, { description: 'Whether it is the session of this request.' })
  current!: boolean

  @Field(() => String, { nullable: true, description: 'The name given at sign-in.' })
  deviceName!: string | null

  @Field(() => String, { nullable: true, description: 'The User-Agent header at sign-in.' })
  userAgent!: string | null

  @Field(() => String, { nullable: true, description: 'The network address at sign-in.' })
  ipAddress!: string | null

  @Field(() => [AuthenticationMethod], { description: 'How the person signed in.' })
  authenticationMethods!: StoredMethod[]

  @Field(() => GraphQLDateTime, { description: 'When the person signed in.' })
  createdAt!: Date

  @Field(() => GraphQLDateTime, { description: 'When the session was last refreshed.' })
  lastUsedAt!: Date

  @Field(() => GraphQLDateTime, {
    description: 'When it ends if it is not used; never later than its absolute limit.',
  })
  expiresAt!: Date

  static from(row: SessionRow, currentSessionId: string | null) {
    return Object.assign(new Session(), row, { current: row.id === currentSessionId })
  }
}

@ObjectType({ description: 'A session in a list.' })
export class SessionEdge {
  @Field(() => String, { description: 'Where the list goes on after this session.' })
  cursor!: string

  @Field(() => Session, { description: 'The session.' })
  node!: Session
}

@ObjectType({ description: 'A page of sessions.' })
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
