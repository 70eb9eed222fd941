import type { TestApp } from '../app/app.js'

/** Every row of every table, with the transaction that wrote it. Equal texts mean that nothing changed. */
export async function readAllRows({ db }: TestApp): Promise<string[]> {
  const rows: string[] = []
  const tables = await db.$queryRaw<{ table: string }[]>`
    SELECT tablename AS table FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`
  for (const { table } of tables) {
    const found = await db.$queryRawUnsafe<{ row: string }[]>(
      `SELECT '${table} ' || t.xmin::text || ' ' || t::text AS row FROM ${table} t ORDER BY 1`,
    )
    rows.push(...found.map(({ row }) => row))
  }
  return rows
}
