import type { Database, Tx } from './database.js'

/** Keys of the cleaners' advisory locks: arbitrary numbers that no other lock uses. */
const cleanerLocks = {
  sessions: 5_284_162,
  auditEvents: 5_284_163,
  guessCounts: 5_284_164,
  mfaChallenges: 5_284_165,
  totpEnrollments: 5_284_166,
  usedChallenges: 5_284_167,
}

// A batch holds its row locks for some 10 ms.
const batchSize = 500
const maxBatches = 2_000

/**
 * Deletes rows in batches, each in its own transaction, so that no request waits for the cleaner. Only one replica
 * cleans at a time: the others find the lock taken and do nothing. `remove` deletes at most `limit` rows and returns
 * the count.
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

/** Holds the lock until the transaction ends; false when another replica has it. */
async function tryLock(tx: Tx, lock: number): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ locked: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${lock}::bigint) AS locked`
  return row?.locked ?? false
}
