import { FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { SessionConnection } from './session.types.js'
import type { Sessions } from './sessions.js'

@Resolver(() => SessionConnection)
export class SessionConnectionResolver {
  readonly #sessions: Sessions

  constructor(sessions: Sessions) {
    this.#sessions = sessions
  }

  @FieldResolver(() => Int, { description: 'How many active sessions the user has.' })
  totalCount(@Root() connection: SessionConnection) {
    return this.#sessions.count(connection.userId)
  }
}
