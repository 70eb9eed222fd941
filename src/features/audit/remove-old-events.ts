import { after, type Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import { removeInBatches } from '../../platform/database/remove-in-batches.js'
import { deleteAuditEvents } from './audit.store.js'
import { cleaning } from '../../platform/jobs.js'

export interface RemoveOldEventsNeeds {
  readonly database: Database
  readonly clock: Clock
  /** Milliseconds for which an event is kept; 0: for ever. */
  readonly retention: number
}

/**
 * Removes events that are older than the retention: they hold network addresses of people, who may have deleted their
 * account since (GDPR Art. 5(1)(e), storage limitation).
 */
export function createRemoveOldEvents({ database, clock, retention }: RemoveOldEventsNeeds) {
  return cleaning('remove old audit events', async () => {
    if (retention === 0) return 0
    const before = after(clock.now(), -retention)
    return removeInBatches(database, 'auditEvents', (tx, limit) =>
      deleteAuditEvents(tx, before, limit),
    )
  })
}
