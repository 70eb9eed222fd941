import type { Tx } from '../../platform/database/database.js'

/**
 * Deletes sessions that ended or reached their absolute limit before that time, with their refresh tokens. An idle
 * session stays until its absolute limit. Its idle limit moves with every refresh and has no index.
 */
export function deleteExpiredSessions(tx: Tx, before: Date, limit: number): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM sessions WHERE id IN (
      (SELECT id FROM sessions WHERE ended_at < ${before} ORDER BY ended_at LIMIT ${limit})
      UNION
      (SELECT id FROM sessions WHERE expires_at < ${before} ORDER BY expires_at LIMIT ${limit})
      LIMIT ${limit})`
}
