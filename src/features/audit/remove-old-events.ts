import { addMs, type Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import { removeInBatches } from '../../platform/database/remove-in-batches.js'
import { deleteAuditEvents } from './audit.store.js'
import { createCleanupJob } from '../../platform/jobs.js'

export interface RemoveOldEventsDeps {
  readonly database: Database
  readonly clock: Clock
  /** Milliseconds for which an event is kept; 0: for ever. */
  readonly retentionMs: number
}

/**
 * Removes events that are older than the retention: they hold network addresses of people, who may have deleted their
 * account since (GDPR Art. 5(1)(e), storage limitation).
 */
export function createRemoveOldEvents({ database, clock, retentionMs }: RemoveOldEventsDeps) {
  return createCleanupJob('remove old audit events', async () => {
    if (retentionMs === 0) return 0
    const before = addMs(clock.now(), -retentionMs)
    return removeInBatches(database, 'auditEvents', (tx, limit) =>
      deleteAuditEvents(tx, before, limit),
    )
  })
}
