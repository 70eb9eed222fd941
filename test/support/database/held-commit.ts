import { expect, vi } from 'vitest'
import type { TestApp } from '../app/app.js'
import { rawClient } from './database.js'

/**
 * Has `meanwhile` begin when `first` has done all but write its audit event, and so holds all its locks; then lets both
 * end. On PostgreSQL only.
 */
export async function beforeCommit<A, B>(
  { target }: TestApp,
  first: () => Promise<A>,
  meanwhile: () => Promise<B>,
): Promise<[A, B]> {
  const other = await rawClient(target)
  const waiting = (n: number) =>
    vi.waitFor(async () => {
      await other.query('SELECT pg_stat_clear_snapshot()') // else a transaction sees one list throughout
      const where = "wait_event_type = 'Lock' AND datname = current_database()"
      const { rows } = await other.query(`SELECT FROM pg_stat_activity WHERE ${where}`)
      expect(rows.length).toBeGreaterThanOrEqual(n)
    }, 8_000)
  try {
    await other.query('BEGIN')
    await other.query('LOCK TABLE audit_events IN SHARE MODE')
    const doing = first()
    await waiting(1)
    const working = meanwhile()
    await Promise.race([working, waiting(2)])
    await other.query('COMMIT')
    return await Promise.all([doing, working])
  } finally {
    await other.end()
  }
}
