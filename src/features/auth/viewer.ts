import type { Logger } from 'pino'
import type { MfaPolicy } from '../credentials/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import { readViewers, type ViewerRow } from './viewer.store.js'

/** The signed-in user of a request. */
export interface AuthViewer extends Viewer, Omit<ViewerRow, 'mustEnroll'> {}

export interface ViewerLoaderDeps {
  readonly database: Database
  readonly clock: Clock
  readonly sessions: Sessions
  readonly mfaPolicy: MfaPolicy
  readonly log: Logger
}

/**
 * Loads the session of an access token with its user. One statement serves all concurrent requests. It is also the
 * revocation check: an ended session or a disabled user has no viewer. So results are never cached between
 * statements.
 */
export function createViewerLoader(deps: ViewerLoaderDeps) {
  const { database, clock, sessions, mfaPolicy, log } = deps

  const load = database.batch(async (sessionIds: readonly string[]) => {
    const rows = await readViewers(database.query, sessionIds, clock.now(), mfaPolicy)
    const rowBySessionId = new Map(rows.map((row) => [row.sessionId, row]))
    return sessionIds.map((id) => rowBySessionId.get(id) ?? null)
  })
  return async ({ userId, sessionId }: Viewer): Promise<AuthViewer | null> => {
    const row = await load(sessionId)
    if (row?.user.id !== userId) return null
    const { lastUsedAt, mustEnroll, user } = row
    // A failed update of the last use must not fail the request.
    await sessions.touch(row)?.catch(logTouchFailure)
    return { userId, sessionId, lastUsedAt, mustEnroll, user }
  }

  function logTouchFailure(err: unknown) {
    log.warn({ err }, 'could not store when a session was last used')
  }
}
