import DataLoader from 'dataloader'
import type { Clock } from '../../platform/clock.js'
import type { Db } from '../../platform/database/database.js'
import type { Viewer } from '../../platform/graphql/context.js'
import { readViewers, type ViewerRow } from './viewer.store.js'

/** Who is asking. */
export interface AuthViewer extends Viewer, ViewerRow {}

const mostAtOnce = 500

/**
 * Loads the session of an access token together with its user, one statement for all requests of the
 * same tick. It is also the revocation check: an ended session and a disabled user have no viewer. So
 * nothing is kept from one tick to the next.
 */
export function createViewerLoader({ db, clock }: { db: Db; clock: Clock }) {
  const loader = new DataLoader<string, AuthViewer | null>(
    async (sessionIds) => {
      const viewers = new Map<string, AuthViewer>()
      for (const row of await readViewers(db, sessionIds, clock.now())) {
        viewers.set(row.session.id, { ...row, sessionId: row.session.id, userId: row.user.id })
      }
      return sessionIds.map((id) => viewers.get(id) ?? null)
    },
    { cache: false, maxBatchSize: mostAtOnce },
  )
  return (sessionId: string) => loader.load(sessionId)
}
