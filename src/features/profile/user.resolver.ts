import { Arg, Extensions, FieldResolver, Int, Resolver, Root, UseMiddleware } from 'type-graphql'
import { SessionConnection, type Sessions } from '../sessions/index.js'
import { costs } from '../../platform/graphql/documents/limits.js'
import { checkFirst, decodeCursor } from '../../platform/graphql/pagination.js'
import { GraphQLEmailAddress } from '../../platform/graphql/scalars.js'
import type { EmailChangeService } from '../email/index.js'
import { ownUserOnly, User } from '../users/index.js'

@UseMiddleware(ownUserOnly)
@Resolver(() => User)
export class UserResolver {
  readonly #sessions: Sessions
  readonly #email: EmailChangeService

  constructor(sessions: Sessions, email: EmailChangeService) {
    this.#sessions = sessions
    this.#email = email
  }

  @Extensions({ cost: costs.statement })
  @FieldResolver(() => GraphQLEmailAddress, {
    nullable: true,
    description:
      'The new address of a pending change. Null after the confirmation and when the link has expired.',
  })
  pendingEmail(@Root() user: User) {
    return this.#email.findPendingEmail(user.id)
  }

  @Extensions({ cost: costs.statement, costPerItem: costs.row })
  @FieldResolver(() => SessionConnection, {
    nullable: true,
    description: 'Active sessions, most recently used first.',
  })
  async sessions(
    @Root() user: User,
    @Arg('first', () => Int, { defaultValue: 20, description: 'The page size, 1 to 100.' })
    first: number,
    @Arg('after', () => String, {
      nullable: true,
      description: 'The `endCursor` of the previous page.',
    })
    after: string | null,
  ) {
    const page = { userId: user.id, limit: checkFirst(first) + 1, after: decodeCursor(after) }
    const rows = await this.#sessions.list(page)
    return SessionConnection.from(rows, { ...page, first, currentSessionId: user.currentSessionId })
  }
}
