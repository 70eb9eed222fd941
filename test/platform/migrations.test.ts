import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openPGliteInMemory } from '../../src/platform/database/embedded/open-pglite.js'
import { pgliteConnection } from '../../src/platform/database/embedded/pglite-connection.js'
import { type Connection, migrate } from '../../src/platform/database/migrate.js'
import { readMigrations } from '../../src/platform/database/package-files.js'
import { nextMessage, startChild } from '../support/processes/child.js'
import {
  createPostgresDatabase,
  usesPostgres,
  openRawClient,
  silentLog,
} from '../support/database/database.js'

let connection: Connection
let closeConnection: () => Promise<void>
let folder: string

beforeAll(async () => {
  if (usesPostgres) {
    const { target, drop } = await createPostgresDatabase()
    const client = await openRawClient(target)
    connection = { query: (sql, parameters) => client.query(sql, parameters) }
    closeConnection = () => client.end().then(drop)
  } else {
    const pglite = await openPGliteInMemory()
    connection = pgliteConnection(pglite)
    closeConnection = () => pglite.close()
  }
})

afterAll(() => closeConnection())

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-migrations-'))
  await connection.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function writeMigration(name: string, sql: string) {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'migration.sql'), sql)
}

async function listTables(): Promise<unknown[]> {
  const { rows } = await connection.query(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
  )
  return rows.map((row) => row['table_name'])
}

const runMigrations = (log = silentLog) => migrate(connection, log, folder)

it('applies missing migrations in order, and then nothing', async () => {
  writeMigration('2_second', 'ALTER TABLE a ADD COLUMN b INT; CREATE TABLE c (id INT)')
  writeMigration('1_first', 'CREATE TABLE a (id INT)')
  expect(await runMigrations()).toEqual(['1_first', '2_second'])
  expect(await runMigrations()).toEqual([])
  writeMigration('3_third', 'CREATE TABLE d (id INT)')
  expect(await runMigrations()).toEqual(['3_third'])
  expect(await listTables()).toEqual(['_prisma_migrations', 'a', 'c', 'd'])
})

it('accepts functions and literals that contain semicolons', async () => {
  writeMigration(
    '1_function',
    "CREATE FUNCTION f() RETURNS text AS $$ BEGIN RETURN ';'; END $$ LANGUAGE plpgsql",
  )
  await runMigrations()
  expect((await connection.query('SELECT f()')).rows).toEqual([{ f: ';' }])
})

it('records the history in the format of `prisma migrate`', async () => {
  const sql = 'CREATE TABLE a (name TEXT DEFAULT $$é$$)\r\n'
  writeMigration('1_first', sql)
  await runMigrations()
  const { rows } =
    await connection.query(`SELECT id, checksum, migration_name, logs, rolled_back_at,
    applied_steps_count, started_at <= finished_at AS ordered FROM _prisma_migrations`)
  expect(rows).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      checksum: createHash('sha256').update(sql).digest('hex'),
      migration_name: '1_first',
      logs: null,
      rolled_back_at: null,
      applied_steps_count: 1,
      ordered: true,
    },
  ])
  const { rows: columns } = await connection.query(`SELECT column_name || ' ' || data_type AS column
    FROM information_schema.columns WHERE table_name = '_prisma_migrations'
    ORDER BY ordinal_position`)
  expect(columns.map((row) => row['column'])).toEqual([
    'id character varying',
    'checksum character varying',
    'finished_at timestamp with time zone',
    'migration_name character varying',
    'logs text',
    'rolled_back_at timestamp with time zone',
    'started_at timestamp with time zone',
    'applied_steps_count integer',
  ])
})

it('leaves nothing of a migration that fails, and applies it after it is fixed', async () => {
  writeMigration('1_first', 'CREATE TABLE a (id INT)')
  writeMigration('2_broken', 'CREATE TABLE b (id INT); INSERT INTO nowhere VALUES (1)')
  const message = 'migration 2_broken failed and was rolled back: relation "nowhere" does not exist'
  await expect(runMigrations()).rejects.toThrow(message)
  await expect(runMigrations()).rejects.toThrow(message)
  expect(await listTables()).toEqual(['_prisma_migrations', 'a'])
  writeMigration('2_broken', 'CREATE TABLE b (id INT)')
  expect(await runMigrations()).toEqual(['2_broken'])
})

it('refuses a migration that another tool left unfinished, and names the remedy', async () => {
  writeMigration('1_first', 'CREATE TABLE a (id INT)')
  await runMigrations()
  await connection.query('UPDATE _prisma_migrations SET finished_at = NULL')
  const failure = await runMigrations().catch((error: unknown) => error as Error)
  expect(failure).toMatchObject({
    message: expect.stringContaining('1_first was started by') as string,
  })
  const repairStatement = /UPDATE .*$/.exec((failure as Error).message)?.[0] ?? ''
  await connection.query(`DROP TABLE a; ${repairStatement}`)
  expect(await runMigrations()).toEqual(['1_first'])
  expect(await listTables()).toEqual(['_prisma_migrations', 'a'])
})

it('refuses a database that is newer than the code, and does not change it', async () => {
  writeMigration('1_first', 'CREATE TABLE a (id INT)')
  writeMigration('2_second', 'CREATE TABLE b (id INT)')
  await runMigrations()
  rmSync(join(folder, '2_second'), { recursive: true })
  writeMigration('1_other', 'CREATE TABLE c (id INT)')
  await expect(runMigrations()).rejects.toThrow(/does not know \(2_second\).*newer version/)
  expect(await listTables()).toEqual(['_prisma_migrations', 'a', 'b'])
})

it('warns of a migration that was edited after it was applied', async () => {
  writeMigration('1_first', 'CREATE TABLE a (id INT)')
  await runMigrations()
  writeMigration('1_first', 'CREATE TABLE a (id BIGINT)')
  const warn = vi.fn()
  expect(await runMigrations({ ...silentLog, warn })).toEqual([])
  expect(warn).toHaveBeenCalledExactlyOnceWith({ migration: '1_first' }, expect.anything())
})

describe.runIf(usesPostgres)('on PostgreSQL (skipped without TEST_DATABASE_URL)', () => {
  it('starts three processes at once on an empty database', async () => {
    const { target, drop } = await createPostgresDatabase()
    const children = [1, 2, 3].map(() =>
      startChild(new URL('./children/database-opener.ts', import.meta.url), JSON.stringify(target)),
    )
    expect(await Promise.all(children.map(nextMessage))).toEqual([0, 0, 0])
    const client = await openRawClient(target)
    const { rows } = await client.query('SELECT migration_name FROM _prisma_migrations')
    expect(rows).toEqual(readMigrations().map(({ name }) => ({ migration_name: name })))
    await client.end()
    await drop()
  })

  it('waits for a running migration, and finds the work done', async () => {
    const { target, drop } = await createPostgresDatabase()
    const other = await openRawClient(target)
    const slow = await openRawClient(target)
    writeMigration('1_first', 'CREATE TABLE a (id INT)')
    // `prisma migrate` takes the same lock, also for the session.
    await other.query('SELECT pg_advisory_lock(72707369)')
    const info = vi.fn()
    const waiting = migrate(
      { query: (sql, parameters) => slow.query(sql, parameters) },
      { ...silentLog, info },
      folder,
    )
    await vi.waitFor(() => {
      expect(info).toHaveBeenCalledWith(expect.stringContaining('another process'))
    })
    await other.query('BEGIN')
    await other.query('SELECT pg_advisory_unlock(72707369)')
    await other.query('COMMIT')
    expect(await waiting).toEqual(['1_first'])
    await Promise.all([other.end(), slow.end()])
    await drop()
  })

  it('starts as a role that may not create tables if there is nothing to apply', async () => {
    const { target, drop } = await createPostgresDatabase()
    const client = await openRawClient(target)
    writeMigration('1_first', 'CREATE TABLE a (id INT)')
    const limited = {
      query: (sql: string, parameters?: unknown[]) => client.query(sql, parameters),
    }
    await migrate(limited, silentLog, folder)
    const role = `latchkey_reader_${String(process.pid)}`
    await client.query(`CREATE ROLE ${role}; GRANT SELECT ON _prisma_migrations TO ${role};
      REVOKE CREATE ON SCHEMA public FROM PUBLIC; SET ROLE ${role}`)
    expect(await migrate(limited, silentLog, folder)).toEqual([])
    await client.query(`RESET ROLE; DROP OWNED BY ${role}; DROP ROLE ${role}`)
    await client.end()
    await drop()
  })
})
