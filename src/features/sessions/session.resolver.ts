import { Arg, Ctx, Extensions, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql'
import { Audited } from '../audit/index.js'
import { MutationPolicy } from '../limits/index.js'
import { AuthError } from '../../platform/graphql/auth-error.types.js'
import type { RequestContext } from '../../platform/graphql/context.js'
import { unauthenticated } from '../../platform/graphql/errors.js'
import { costs } from '../../platform/graphql/documents/limits.js'
import type { SessionRevoker } from './session-revoker.js'
import {
  RevokedSessions,
  RevokeSessionInput,
  RevokeSessionResult,
  Session,
  SessionConnection,
} from './session.types.js'
import type { Sessions } from './sessions.js'

@Resolver()
export class SessionResolver {
  readonly #revoker: SessionRevoker

  constructor(revoker: SessionRevoker) {
    this.#revoker = revoker
  }

  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'session', max: 60, window: '1m' }] })
  @Audited('SESSION_REVOKED')
  @Mutation(() => RevokeSessionResult, {
    nullable: true,
    description:
      'End one of your sessions. Its tokens are refused from the next request on. Idempotent.',
  })
  async revokeSession(
    @Arg('input', () => RevokeSessionInput, { description: 'The session to end.' })
    { sessionId }: RevokeSessionInput,
    @Ctx() { request, requireViewer }: RequestContext,
  ) {
    const viewer = await requireViewer({ beforeEnrollment: true })
    const outcome = await this.#revoker.revokeOne(sessionId, viewer, request)
    if (outcome.kind === 'session-ended') throw unauthenticated('SESSION_ENDED')
    if (outcome.kind === 'revoked') return Session.from(outcome.session, viewer.sessionId)
    return AuthError.fromKind(outcome.kind)
  }

  @MutationPolicy({ takesCredentials: false, rules: [{ per: 'session', max: 20, window: '1m' }] })
  @Audited('SESSION_REVOKED')
  @Mutation(() => RevokedSessions, {
    nullable: true,
    description: 'End all your sessions except the current one.',
  })
  async revokeOtherSessions(@Ctx() { request, requireViewer }: RequestContext) {
    const viewer = await requireViewer({ beforeEnrollment: true })
    const sessions = await this.#revoker.revokeOthers(viewer, request)
    if (!sessions) throw unauthenticated('SESSION_ENDED')
    return Object.assign(new RevokedSessions(), {
      sessions: sessions.map((session) => Session.from(session, viewer.sessionId)),
    })
  }
}

@Resolver(() => SessionConnection)
export class SessionConnectionResolver {
  readonly #sessions: Sessions

  constructor(sessions: Sessions) {
    this.#sessions = sessions
  }

  @Extensions({ cost: costs.statement })
  @FieldResolver(() => Int, { description: 'The number of live sessions of the user.' })
  totalCount(@Root() connection: SessionConnection) {
    return this.#sessions.count(connection.userId)
  }
}
