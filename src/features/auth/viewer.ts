import DataLoader from 'dataloader'
import type { Logger } from 'pino'
import type { Sessions } from '../sessions/index.js'
import type { Clock } from '../../platform/clock.js'
import type { Db } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import { readViewers, type ViewerRow } from './viewer.store.js'

/** Who is asking. */
export interface AuthViewer extends Viewer, ViewerRow {}

/** What the database knows of a viewer; the rest is in the token. */
type LoadedViewer = Omit<AuthViewer, 'authenticatedAt'>

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
  const loader = new DataLoader<string, LoadedViewer | null>(
    async (sessionIds) => {
      const viewers = new Map<string, LoadedViewer>()
      const rows = await readViewers(db, sessionIds, clock.now())
      // That a session is in use is worth noting, but not worth failing for.
      await sessions.touch(rows.map((row) => row.session)).catch((err: unknown) => {
        log.warn({ err }, 'could not note when sessions were last used')
      })
      for (const row of rows) {
        viewers.set(row.session.id, { ...row, sessionId: row.session.id, userId: row.user.id })
      }
      return sessionIds.map((id) => viewers.get(id) ?? null)
    },
    { cache: false, maxBatchSize: mostAtOnce },
  )
  return (sessionId: string) => loader.load(sessionId)
}
