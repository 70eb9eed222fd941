import type { Audit } from '../audit/index.js'
import { isId } from '../../platform/crypto/ids.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { SessionRow } from './session.store.js'
import type { Sessions } from './sessions.js'

export interface RevokeSessionNeeds {
  readonly database: Database
  readonly sessions: Sessions
  readonly audit: Audit
}

export type RevokeSessionOutcome =
  | { kind: 'revoked'; session: SessionRow }
  | { kind: 'not-found' }
  /** The viewer's own, while the request was on its way. */
  | { kind: 'session-ended' }

export type RevokeSession = ReturnType<typeof createRevokeSession>

/** Ends sessions of the viewer. Somebody else's session is as unknown as one that never was. */
export function createRevokeSession({ database, sessions, audit }: RevokeSessionNeeds) {
  return {
    /** One that has ended already is returned as it is. */
    one: (id: string, viewer: Viewer, request: RequestInfo): Promise<RevokeSessionOutcome> => {
      const { userId } = viewer
      if (!isId(id)) return Promise.resolve({ kind: 'not-found' })
      return database.transaction(async (tx) => {
        const isTheirs = await sessions.find(tx, id, userId)
        if (isTheirs && (await sessions.end(tx, id, 'REVOKED'))) {
          const event = { actorId: userId, targetId: userId, sessionId: id }
          await audit.record(tx, { type: 'SESSION_REVOKED', ...event }, request)
        }
        const session = isTheirs && (await sessions.find(tx, id, userId))
        if (session) return { kind: 'revoked', session }
        const own = await sessions.find(tx, viewer.sessionId, userId)
        return { kind: own ? 'not-found' : 'session-ended' }
      })
    },

    /** Every live one but the viewer's own; null when that has ended while the request was on its way. */
    others: ({ userId, sessionId }: Viewer, request: RequestInfo): Promise<SessionRow[] | null> =>
      database.transaction(async (tx) => {
        await sessions.lockOwner(tx, userId) // else a confirmation that keeps one of them could deadlock with this
        const own = await sessions.find(tx, sessionId, userId)
        if (!own || own.endedAt) return null
        const ended = await sessions.endOthers(tx, userId, [sessionId], 'REVOKED')
        for (const { id } of ended) {
          const event = { actorId: userId, targetId: userId, sessionId: id }
          await audit.record(tx, { type: 'SESSION_REVOKED', ...event }, request)
        }
        return ended
      }),
  }
}
