import type { Database, Tx } from './database.js'

/** Advisory locks of the cleaners: any numbers that nothing else locks. */
const cleanerLocks = {
  sessions: 5_284_162,
  auditEvents: 5_284_163,
  guessCounts: 5_284_164,
}

// A batch holds its locks for some ten milliseconds.
const batchSize = 500
const maxBatches = 2_000

/**
 * Deletes rows in batches that are transactions of their own, so that no request waits for the cleaning. One replica at a
 * time: the others find the lock taken and do nothing. `remove` deletes at most `limit` rows and returns how many.
 */
export async function removeInBatches(
  database: Database,
  cleaner: keyof typeof cleanerLocks,
  remove: (tx: Tx, limit: number) => Promise<number>,
): Promise<number> {
  let removed = 0
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const count = await database.transaction(async (tx) =>
      (await tryLock(tx, cleanerLocks[cleaner])) ? remove(tx, batchSize) : 0,
    )
    removed += count
    if (count < batchSize) break
  }
  return removed
}

/** Held until the transaction ends; false when another replica has it. */
async function tryLock(tx: Tx, lock: number): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ locked: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${lock}::bigint) AS locked`
  return row?.locked ?? false
}
