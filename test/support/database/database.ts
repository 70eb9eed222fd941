import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import type { DatabaseTarget } from '../../../src/platform/database/database.js'
import { databaseUrl, silentLog } from './database-url.js'
import { returnEngine, takeEngine } from '../app/engines.js'
import { insertSigningKeys } from '../app/signing-keys.js'

export { silentLog }

const server = process.env['TEST_DATABASE_URL']

/**
 * Whether the tests run on the PostgreSQL server of TEST_DATABASE_URL instead of the embedded one.
 */
export const onPostgres = server !== undefined

/** The server's URL, for tests that skip themselves without one. */
export function postgresServer(): string {
  if (server === undefined) throw new Error('this test needs TEST_DATABASE_URL')
  return server
}

export interface TestDatabase {
  target: DatabaseTarget
  /** Past the service, while nothing else uses it. */
  query: (sql: string, values: unknown[]) => Promise<unknown>
  drop: () => Promise<void>
}

/** A migrated database of its own, empty but for the signing keys of an earlier start, if they are asked for. */
export async function createTestDatabase({ keysFrom = null }: { keysFrom?: Date | null } = {}) {
  const test = await (onPostgres
    ? createPostgresDatabase(inject('templateDatabase'))
    : createEmbeddedDatabase())
  if (keysFrom) await test.query(...insertSigningKeys(keysFrom))
  return test
}

async function createEmbeddedDatabase(): Promise<TestDatabase> {
  const engine = await takeEngine()
  return {
    target: { kind: 'engine', engine },
    query: (sql, values) => engine.query(sql, values),
    drop: () => returnEngine(engine),
  }
}

/** A database on TEST_DATABASE_URL that has no tables yet, or a copy of `template`. */
export async function createPostgresDatabase(template = 'template0') {
  const name = `${inject('templateDatabase')}_${randomBytes(6).toString('hex')}`
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${template}`)
  const url = databaseUrl(postgresServer(), name)
  return {
    target: { kind: 'postgres' as const, url, poolSize: 10 },
    query: (sql: string, values: unknown[]) => onServer(sql, values, url),
    // FORCE: a test that fails may leave connections open, which must not hide its error.
    drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}

/** A connection past Prisma. The caller ends it. */
export async function rawClient(target: DatabaseTarget): Promise<pg.Client> {
  if (target.kind !== 'postgres') throw new Error('only a PostgreSQL server takes a second client')
  const client = new pg.Client({ connectionString: target.url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

async function onServer(
  sql: string,
  values: unknown[] = [],
  url = postgresServer(),
): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql, values)
  } finally {
    await client.end()
  }
}
