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

export type RevokeSession = ReturnType<typeof createRevokeSession>

/** Ends sessions of the viewer. Somebody else's session is as unknown as one that never was. */
export function createRevokeSession({ database, sessions, audit }: RevokeSessionNeeds) {
  return {
    /** One that has ended already is returned as it is. */
    one: (id: string, { userId }: Viewer, request: RequestInfo): Promise<SessionRow | null> => {
      if (!isId(id)) return Promise.resolve(null)
      return database.transaction(async (tx) => {
        if (!(await sessions.find(tx, id, userId))) return null
        if (await sessions.end(tx, id, 'REVOKED')) {
          const event = { actorId: userId, targetId: userId, sessionId: id }
          await audit.record(tx, { type: 'SESSION_REVOKED', ...event }, request)
        }
        return sessions.find(tx, id, userId)
      })
    },

    /** Every live one but the viewer's own. */
    others: ({ userId, sessionId }: Viewer, request: RequestInfo): Promise<SessionRow[]> =>
      database.transaction(async (tx) => {
        await sessions.lockOwner(tx, userId) // else a confirmation that keeps one of them could deadlock with this
        const ended = await sessions.endOthers(tx, userId, [sessionId], 'REVOKED')
        for (const { id } of ended) {
          const event = { actorId: userId, targetId: userId, sessionId: id }
          await audit.record(tx, { type: 'SESSION_REVOKED', ...event }, request)
        }
        return ended
      }),
  }
}
