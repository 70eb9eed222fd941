import type { TestApp } from './app.js'

const tables = [
  'users',
  'password_credentials',
  'known_addresses',
  'one_time_tokens',
  'outbox_messages',
  'sessions',
  'refresh_tokens',
  'audit_events',
  'signing_keys',
] as const

/** Every row of these tables, with the transaction that wrote it: equal texts mean nothing was touched. */
export async function allRows({ db }: TestApp): Promise<string[]> {
  const rows: string[] = []
  for (const table of tables) {
    const found = await db.$queryRawUnsafe<{ row: string }[]>(
      `SELECT '${table} ' || t.xmin::text || ' ' || t::text AS row FROM ${table} t ORDER BY 1`,
    )
    rows.push(...found.map(({ row }) => row))
  }
  return rows
}
