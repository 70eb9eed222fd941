// Replicas of the previous version still run during an upgrade: for them the kind is an enum.
import { afterAll, expect, it } from 'vitest'
import { openPGliteInMemory } from '../../../src/platform/database/embedded/open-pglite.js'
import { pgliteConnection } from '../../../src/platform/database/embedded/pglite-connection.js'
import type { Connection } from '../../../src/platform/database/migrate.js'
import { readMigrations } from '../../../src/platform/database/package-files.js'
import {
  createPostgresDatabase,
  usesPostgres,
  openRawClient,
} from '../../support/database/database.js'

const { connection, close } = await connect()
afterAll(close)

async function connect(): Promise<{ connection: Connection; close: () => Promise<void> }> {
  if (!usesPostgres) {
    const pglite = await openPGliteInMemory()
    return { connection: pgliteConnection(pglite), close: () => pglite.close() }
  }
  const { target, drop } = await createPostgresDatabase()
  const client = await openRawClient(target)
  const query = (sql: string, parameters?: unknown[]) => client.query(sql, parameters)
  return { connection: { query }, close: () => client.end().then(drop) }
}

const enumCast = 'CAST($1::text AS "public"."message_kind")' // as Prisma writes it
const insert = `INSERT INTO outbox_messages (id, kind, recipient, details, created_at, due_at, give_up_at)
  VALUES (gen_random_uuid(), ${enumCast}, 'ada@example.com', '{}', now(), now(), now())`

async function values(sql: string, parameters: string[] = []) {
  const { rows } = await connection.query(sql, parameters)
  return rows.map((row) => row['value'])
}

it('the kind becomes text: values and partial indexes stay, and older replicas still work', async () => {
  const migrations = readMigrations()
  const migrationIndex = migrations.findIndex(({ name }) => name.endsWith('_message_kind_as_text'))
  for (const { sql } of migrations.slice(0, migrationIndex)) await connection.query(sql)
  await connection.query(insert, ['RESET_PASSWORD'])
  const indexes = () =>
    values(
      `SELECT indexdef AS value FROM pg_indexes WHERE tablename = 'outbox_messages' ORDER BY indexname`,
    )
  const before = await indexes()
  await connection.query(migrations[migrationIndex]?.sql ?? '')

  expect(await indexes()).toEqual(before)
  await connection.query(insert, ['VERIFY_EMAIL'])
  expect(
    await values(`SELECT kind AS value FROM outbox_messages WHERE kind = $1 ORDER BY kind`, [
      'RESET_PASSWORD',
    ]),
  ).toEqual(['RESET_PASSWORD'])
  const select = (operator: string) =>
    values(`SELECT kind AS value FROM outbox_messages WHERE kind ${operator} ${enumCast}`, [
      'RESET_PASSWORD',
    ])
  expect(await select('=')).toEqual(['RESET_PASSWORD'])
  expect(await select('<>')).toEqual(['VERIFY_EMAIL'])
})
