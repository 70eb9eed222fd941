import { after, type Clock } from '../../platform/clock.js'
import type { Database } from '../../platform/database/database.js'
import { deleteExpiredSessions, tryCleanerLock } from './session-cleaner.store.js'

// Long enough to answer "why was I signed out" and to look into a theft.
const keptFor = 30 * 24 * 60 * 60_000

// A batch holds its locks for some ten milliseconds.
const batchSize = 500
const mostBatches = 2_000

/**
 * Removes sessions that ended or expired a month ago, in batches that are transactions of their own: no
 * sign-in ever waits for the cleaning. One replica at a time: the others find the lock taken and go on.
 */
export function createRemoveExpiredSessions(needs: { database: Database; clock: Clock }) {
  const { database, clock } = needs
  return async (): Promise<number> => {
    const before = after(clock.now(), -keptFor)
    let removed = 0
    for (let batch = 0; batch < mostBatches; batch += 1) {
      const count = await database.transaction(async (tx) =>
        (await tryCleanerLock(tx)) ? deleteExpiredSessions(tx, before, batchSize) : 0,
      )
      removed += count
      if (count < batchSize) break
    }
    return removed
  }
}
