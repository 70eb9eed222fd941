import { addMs, type Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import { removeInBatches } from '../../platform/database/remove-in-batches.js'
import { deleteExpiredSessions } from './session-cleaner.store.js'
import { createCleanupJob } from '../../platform/jobs.js'

// 30 days: long enough to answer "why was I signed out" and to investigate a theft.
const retentionMs = 30 * 24 * 60 * 60_000

/** Removes sessions 30 days after they ended or expired. */
export function createRemoveExpiredSessions(deps: { database: Database; clock: Clock }) {
  const { database, clock } = deps
  return createCleanupJob('remove expired sessions', () => {
    const before = addMs(clock.now(), -retentionMs)
    return removeInBatches(database, 'sessions', (tx, limit) =>
      deleteExpiredSessions(tx, before, limit),
    )
  })
}
