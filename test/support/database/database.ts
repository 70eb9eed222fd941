import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import type { DatabaseTarget } from '../../../src/platform/database/database.js'
import { databaseUrl, silentLog } from './database-url.js'
import { releaseEngine, acquireEngine } from './engine-pool.js'
import { signingKeysInsert } from '../app/signing-keys.js'

export { silentLog }

const server = process.env['TEST_DATABASE_URL']

/** Whether the tests run on the PostgreSQL server of TEST_DATABASE_URL instead of the embedded one. */
export const usesPostgres = server !== undefined

/** The server's URL, for tests that skip themselves without one. */
export function postgresServerUrl(): string {
  if (server === undefined) throw new Error('this test needs TEST_DATABASE_URL')
  return server
}

export interface TestDatabase {
  target: DatabaseTarget
  /** Queries the database directly, while nothing else uses it. */
  query: (sql: string, values: unknown[]) => Promise<unknown>
  drop: () => Promise<void>
}

/** A migrated database, empty except for the signing keys of an earlier start if requested. */
export async function createTestDatabase({
  keysCreatedAt = null,
}: { keysCreatedAt?: Date | null } = {}) {
  const testDatabase = await (usesPostgres
    ? createPostgresDatabase(inject('templateDatabase'))
    : createEmbeddedDatabase())
  if (keysCreatedAt) await testDatabase.query(...signingKeysInsert(keysCreatedAt))
  return testDatabase
}

async function createEmbeddedDatabase(): Promise<TestDatabase> {
  const engine = await acquireEngine()
  return {
    target: { kind: 'engine', engine },
    query: (sql, values) => engine.query(sql, values),
    drop: () => releaseEngine(engine),
  }
}

/** A database on TEST_DATABASE_URL without tables, or a copy of `template`. */
export async function createPostgresDatabase(template = 'template0') {
  const name = `${inject('templateDatabase')}_${randomBytes(6).toString('hex')}`
  await queryServer(`CREATE DATABASE ${name} TEMPLATE ${template}`)
  const url = databaseUrl(postgresServerUrl(), name)
  return {
    target: { kind: 'postgres' as const, url, poolSize: 10 },
    query: (sql: string, values: unknown[]) => queryServer(sql, values, url),
    // FORCE: a failed test may leave connections open, which must not hide its error.
    drop: () => queryServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}

/** A connection that bypasses Prisma. The caller ends it. */
export async function openRawClient(target: DatabaseTarget): Promise<pg.Client> {
  if (target.kind !== 'postgres') throw new Error('only a PostgreSQL server takes a second client')
  const client = new pg.Client({ connectionString: target.url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

async function queryServer(
  sql: string,
  values: unknown[] = [],
  url = postgresServerUrl(),
): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql, values)
  } finally {
    await client.end()
  }
}
