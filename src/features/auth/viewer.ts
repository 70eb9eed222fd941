import DataLoader from 'dataloader'
import type { Logger } from 'pino'
import type { Sessions } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Db } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import { readViewers, type ViewerRow } from './viewer.store.js'

/** Who is asking. */
export interface AuthViewer extends Viewer, ViewerRow {}

export interface ViewerLoaderNeeds {
  readonly db: Db
  readonly clock: Clock
  readonly sessions: Sessions
  readonly log: Logger
}

const mostAtOnce = 500

/**
 * Loads the session of an access token together with its user, one statement for all requests of the
 * same tick. It is also the revocation check: an ended session and a disabled user have no viewer. So
 * nothing is kept from one tick to the next.
 */
export function createViewerLoader({ db, clock, sessions, log }: ViewerLoaderNeeds) {
  const loader = new DataLoader<string, AuthViewer | null>(
    async (sessionIds) => {
      const viewers = new Map<string, AuthViewer>()
      const rows = await readViewers(db, sessionIds, clock.now())
      // That a session is in use is worth noting, but not worth failing for.
      await sessions.touch(rows.map((row) => row.session)).catch((err: unknown) => {
        log.warn({ err }, 'could not note when sessions were last used')
      })
      for (const row of rows) {
        const { id: sessionId, authenticatedAt } = row.session
        viewers.set(sessionId, { ...row, sessionId, userId: row.user.id, authenticatedAt })
      }
      return sessionIds.map((id) => viewers.get(id) ?? null)
    },
    { cache: false, maxBatchSize: mostAtOnce },
  )
  return (sessionId: string) => loader.load(sessionId)
}
