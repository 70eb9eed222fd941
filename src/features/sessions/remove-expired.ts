import { after, type Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import { removeInBatches } from '../../platform/database/remove-in-batches.js'
import { deleteExpiredSessions } from './session-cleaner.store.js'
import { cleaning } from '../../platform/jobs.js'

// Long enough to answer "why was I signed out" and to look into a theft.
const keptFor = 30 * 24 * 60 * 60_000

/** Removes sessions a month after they ended or expired. */
export function createRemoveExpiredSessions(needs: { database: Database; clock: Clock }) {
  const { database, clock } = needs
  return cleaning('remove expired sessions', () => {
    const before = after(clock.now(), -keptFor)
    return removeInBatches(database, 'sessions', (tx, limit) =>
      deleteExpiredSessions(tx, before, limit),
    )
  })
}
