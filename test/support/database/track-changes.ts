import type { TestApp } from '../app/app.js'
import { readAllRows } from './all-rows.js'

/** The outcome of `work`, and the tables that it changed. */
export async function trackChanges<T>(app: TestApp, work: () => Promise<T>) {
  const before = await readAllRows(app)
  const result = await work()
  const after = await readAllRows(app)
  const changed = [
    ...before.filter((row) => !after.includes(row)),
    ...after.filter((row) => !before.includes(row)),
  ]
  const touched = [...new Set(changed.map((row) => row.split(' ')[0]))].sort()
  return { result, touched }
}

/** Removes the tables that count wrong passwords. */
export const withoutFailureCounts = (tables: readonly (string | undefined)[]) =>
  tables.filter((table) => table !== 'known_addresses' && table !== 'guess_counts')

/** The audit log of one account (null: events without an account), oldest event first. */
export const findAuditEvents = ({ db }: TestApp, targetId: string | null) =>
  db.auditEvent.findMany({ where: { targetId }, orderBy: { id: 'asc' } })
