import { expect, vi } from 'vitest'
import type { TestApp } from '../app/app.js'
import { openRawClient } from './database.js'

/**
 * Starts `second` when `first` holds all its locks and has done everything except write its audit event. Then lets
 * both finish. PostgreSQL only.
 */
export async function raceBeforeCommit<A, B>(
  { target }: TestApp,
  first: () => Promise<A>,
  second: () => Promise<B>,
): Promise<[A, B]> {
  const lockHolder = await openRawClient(target)
  const waitForBlocked = (count: number) =>
    vi.waitFor(async () => {
      await lockHolder.query('SELECT pg_stat_clear_snapshot()') // otherwise a transaction sees one list throughout
      const where = "wait_event_type = 'Lock' AND datname = current_database()"
      const { rows } = await lockHolder.query(`SELECT FROM pg_stat_activity WHERE ${where}`)
      expect(rows.length).toBeGreaterThanOrEqual(count)
    }, 8_000)
  try {
    await lockHolder.query('BEGIN')
    await lockHolder.query('LOCK TABLE audit_events IN SHARE MODE')
    const firstResult = first()
    await waitForBlocked(1)
    const secondResult = second()
    await Promise.race([secondResult, waitForBlocked(2)])
    await lockHolder.query('COMMIT')
    return await Promise.all([firstResult, secondResult])
  } finally {
    await lockHolder.end()
  }
}
