import type { Tx } from '../../platform/database/database.js'

// Any number that nothing else locks.
const lockNumber = 5_284_162

/** Held until the transaction ends; false when another replica has it. */
export async function tryCleanerLock(tx: Tx): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ locked: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${lockNumber}::bigint) AS locked`
  return row?.locked ?? false
}

/**
 * Sessions that ended or reached their absolute limit before that; their refresh tokens go with them. An
 * idle one waits for its absolute limit: its idle limit moves with every refresh and has no index.
 */
export function deleteExpiredSessions(tx: Tx, before: Date, limit: number): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM sessions WHERE id IN (
      (SELECT id FROM sessions WHERE ended_at < ${before} ORDER BY ended_at LIMIT ${limit})
      UNION
      (SELECT id FROM sessions WHERE expires_at < ${before} ORDER BY expires_at LIMIT ${limit})
      LIMIT ${limit})`
}
