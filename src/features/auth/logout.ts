import type { Audit } from '../audit/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'

export interface LogoutDeps {
  readonly database: Database
  readonly sessions: Sessions
  readonly audit: Audit
}

/**
 * Ends the session of the refresh token, of any generation. Without one, ends the session of the access token. Ending
 * an ended session is not an error: `sessionId` is null.
 */
export function createLogout({ database, sessions, audit }: LogoutDeps) {
  return async (
    refreshToken: string | null,
    viewerSessionId: () => Promise<string | null>,
    request: RequestInfo,
  ): Promise<{ sessionId: string | null }> => {
    const namedSessionId = refreshToken ? await sessions.findByRefreshToken(refreshToken) : null
    const sessionId = namedSessionId ?? (await viewerSessionId())
    if (!sessionId) return { sessionId: null }

    const ended = await database.transaction(async (tx) => {
      const session = await sessions.end(tx, sessionId, 'LOGOUT')
      if (!session) return null
      const event = { actorId: session.userId, targetId: session.userId, sessionId }
      await audit.record(tx, { type: 'LOGOUT', ...event }, request)
      return session
    })
    return { sessionId: ended?.id ?? null }
  }
}
