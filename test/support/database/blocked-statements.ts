import type pg from 'pg'
import { expect, vi } from 'vitest'

/** Resolves when this many statements of this database wait for a lock. */
export const waitForBlockedStatements = (client: pg.Client, count: number) =>
  vi.waitFor(async () => {
    const where = "wait_event_type = 'Lock' AND datname = current_database()"
    const { rows } = await client.query(`SELECT FROM pg_stat_activity WHERE ${where}`)
    expect(rows).toHaveLength(count)
  }, 5_000)
