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
  /** The viewer's own, while the request was on its way. */
  | { kind: 'session-ended' }

export type SessionRevoker = ReturnType<typeof createSessionRevoker>

/** Ends sessions of the viewer. Somebody else's session is as unknown as one that never was. */
export function createSessionRevoker({ database, sessions, audit }: SessionRevokerDeps) {
  return {
    /** One that has ended already is returned as it is. */
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

    /** Every live one but the viewer's own; null when that has ended while the request was on its way. */
    revokeOthers: (
      { userId, sessionId }: Viewer,
      request: RequestInfo,
    ): Promise<SessionRow[] | null> =>
      database.transaction(async (tx) => {
        await sessions.lockOwner(tx, userId) // else a confirmation that keeps one of them could deadlock with this
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
