import { addMs, type Clock } from '../../../platform/clock.js'
import type { Database } from '../../../platform/database/database.js'
import { removeInBatches } from '../../../platform/database/remove-in-batches.js'
import { createCleanupJob } from '../../../platform/jobs.js'
import { deleteExpiredUsedChallenges } from './used-challenge.store.js'

// The clocks of replicas differ. One that is behind accepts a challenge that has expired for the others.
const maxClockErrorMs = 5 * 60_000

/** Removes used challenges when no replica accepts them any more. */
export function createRemoveUsedChallenges(deps: { database: Database; clock: Clock }) {
  const { database, clock } = deps
  return createCleanupJob('remove used challenges', () => {
    const before = addMs(clock.now(), -maxClockErrorMs)
    return removeInBatches(database, 'usedChallenges', (tx, limit) =>
      deleteExpiredUsedChallenges(tx, before, limit),
    )
  })
}
