import type { Audit } from '../audit/index.js'
import { isId } from '../../platform/crypto/ids.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { SessionRow } from './session.store.js'
import type { Sessions } from './sessions.js'

export interface SessionRevokerDeps {
  readonly database: Database
  readonly sessions: Sessions
  readonly audit: Audit
}

export type RevokeSessionOutcome =
  | { kind: 'revoked'; session: SessionRow }
  | { kind: 'not-found' }
  /** The viewer's own session ended during the request. */
  | { kind: 'session-ended' }

export type SessionRevoker = ReturnType<typeof createSessionRevoker>

/** Ends sessions of the viewer. A session of another user behaves like an unknown id. */
export function createSessionRevoker({ database, sessions, audit }: SessionRevokerDeps) {
  return {
    /** Ends one session. A session that has ended already is returned unchanged. */
    revokeOne: (
      id: string,
      viewer: Viewer,
      request: RequestInfo,
    ): Promise<RevokeSessionOutcome> => {
      const { userId } = viewer
      if (!isId(id)) return Promise.resolve({ kind: 'not-found' })
      return database.transaction(async (tx) => {
        const target = await sessions.find(tx, id, userId)
        if (target && (await sessions.end(tx, id, 'REVOKED'))) {
          const event = { actorId: userId, targetId: userId, sessionId: id }
          await audit.record(tx, { type: 'SESSION_REVOKED', ...event }, request)
        }
        const session = target && (await sessions.find(tx, id, userId))
        if (session) return { kind: 'revoked', session }
        const currentSession = await sessions.find(tx, viewer.sessionId, userId)
        return { kind: currentSession ? 'not-found' : 'session-ended' }
      })
    },

    /** Ends every live session except the viewer's own. Null if that one ended during the request. */
    revokeOthers: (
      { userId, sessionId }: Viewer,
      request: RequestInfo,
    ): Promise<SessionRow[] | null> =>
      database.transaction(async (tx) => {
        await sessions.lockOwner(tx, userId) // prevents a deadlock with a confirmation that keeps one session
        const currentSession = await sessions.find(tx, sessionId, userId)
        if (!currentSession || currentSession.endedAt) return null
        const ended = await sessions.endOthers(tx, userId, [sessionId], 'REVOKED')
        for (const { id } of ended) {
          const event = { actorId: userId, targetId: userId, sessionId: id }
          await audit.record(tx, { type: 'SESSION_REVOKED', ...event }, request)
        }
        return ended
      }),
  }
}
