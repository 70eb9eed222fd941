import type { TestApp } from '../app/app.js'
import { allRows } from './remains.js'

/** What `work` came to, and the tables in which it left a trace. */
export async function watch<T>(app: TestApp, work: () => Promise<T>) {
  const before = await allRows(app)
  const result = await work()
  const after = await allRows(app)
  const changed = [
    ...before.filter((row) => !after.includes(row)),
    ...after.filter((row) => !before.includes(row)),
  ]
  const touched = [...new Set(changed.map((row) => row.split(' ')[0]))].sort()
  return { result, touched }
}

/** Without the tables in which wrong passwords are counted. */
export const withoutCounts = (tables: readonly (string | undefined)[]) =>
  tables.filter((table) => table !== 'known_addresses' && table !== 'guess_counts')

/** The audit log of one account (of nobody's: null), the oldest event first. */
export const auditOf = ({ db }: TestApp, targetId: string | null) =>
  db.auditEvent.findMany({ where: { targetId }, orderBy: { id: 'asc' } })
