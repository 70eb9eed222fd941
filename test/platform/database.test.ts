import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Database, openDatabase } from '../../src/platform/database/database.js'
import type { PostgresTarget } from '../../src/platform/database/postgres.js'
import {
  createPostgresDatabase,
  createTestDatabase,
  usesPostgres,
  postgresServerUrl,
  openRawClient,
  silentLog,
  type TestDatabase,
} from '../support/database/database.js'

let testDatabase: TestDatabase
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = await openDatabase(testDatabase.target, silentLog)
})

afterAll(async () => {
  await database.close()
  await testDatabase.drop()
})

async function createUser(): Promise<string> {
  const now = new Date()
  const id = randomUUID()
  await database.db.user.create({
    data: { id, email: `${id}@example.com`, name: '0', createdAt: now, updatedAt: now },
  })
  return id
}

describe('on either database', () => {
  it('answers a ping', async () => {
    await expect(database.ping()).resolves.toBeUndefined()
  })

  it('loses no update of 50 concurrent transactions on one row', async () => {
    const id = await createUser()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) =>
        database.transaction(async (tx) => {
          const [user] = await tx.$queryRaw<{ name: string }[]>`
            SELECT name FROM users WHERE id = ${id}::uuid FOR UPDATE`
          const name = String(Number(user?.name) + 1)
          await tx.user.update({ where: { id }, data: { name } })
          if (i % 5 === 0) throw new Error('roll this one back')
        }),
      ),
    )
    const committed = outcomes.filter(({ status }) => status === 'fulfilled').length
    expect(committed).toBe(40)
    expect(await database.db.user.findUnique({ where: { id } })).toMatchObject({ name: '40' })
  })

  it('rolls back a whole transaction that throws', async () => {
    const id = await createUser()
    const work = database.transaction(async (tx) => {
      await tx.user.delete({ where: { id } })
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect(await database.db.user.count({ where: { id } })).toBe(1)
  })

  it('stores an instant exactly, in any time zone of the process', async () => {
    const id = await createUser()
    const lastLoginAt = new Date('2026-03-08T07:04:05.678Z')
    await database.db.user.update({ where: { id }, data: { lastLoginAt } })
    const [row] = await database.db.$queryRaw<{ epoch: number }[]>`
      SELECT extract(epoch FROM last_login_at)::float8 AS epoch FROM users WHERE id = ${id}::uuid`
    expect(row?.epoch).toBe(lastLoginAt.getTime() / 1000)
  })

  it('carries values of several megabytes', async () => {
    const id = await createUser()
    const name = 'é'.repeat(3_000_000)
    await database.db.user.update({ where: { id }, data: { name } })
    expect((await database.db.user.findUniqueOrThrow({ where: { id } })).name).toBe(name)
  })

  it('waits for a running transaction before it closes', async () => {
    const other = await createTestDatabase()
    const { transaction, db, close } = await openDatabase(other.target, silentLog)
    const running = transaction(async (tx) => {
      await tx.user.count()
      const closed = close()
      const users = await tx.user.count()
      return { users, closed }
    })
    const { users, closed } = await running
    await closed
    expect(users).toBe(0)
    await expect(db.user.count()).rejects.toThrow()
    await other.drop()
  })

  it('survives a query that fails', async () => {
    await expect(database.db.$queryRaw`SELECT 1 / 0`).rejects.toThrow('division by zero')
    await expect(database.ping()).resolves.toBeUndefined()
  })

  // The drift check does not see partial indexes.
  it('has the index that lets only one signing key be current', async () => {
    const key = (id: string) => ({
      id,
      algorithm: 'RS256',
      status: 'CURRENT' as const,
      publicJwk: {},
      privateJwe: '',
      createdAt: new Date(),
      changedAt: new Date(),
    })
    await database.db.signingKey.create({ data: key('one') })
    await expect(database.db.signingKey.create({ data: key('two') })).rejects.toMatchObject({
      code: 'P2002',
    })
  })
})

describe.runIf(usesPostgres)('on PostgreSQL (skipped without TEST_DATABASE_URL)', () => {
  async function withFreshDatabase(work: (target: PostgresTarget) => Promise<void>) {
    const { target, drop } = await createPostgresDatabase()
    try {
      await work(target)
    } finally {
      await drop()
    }
  }

  function openWithUrl(change: (url: URL) => void): Promise<Database> {
    const url = new URL(postgresServerUrl())
    change(url)
    return openDatabase({ kind: 'postgres', url: url.href, poolSize: 2 }, silentLog)
  }

  it('works in UTC on a database in New York, regardless of the options in the URL', async () => {
    await withFreshDatabase(async (target) => {
      const admin = await openRawClient(target)
      const { pathname } = new URL(target.url)
      await admin.query(`ALTER DATABASE ${pathname.slice(1)} SET timezone = 'America/New_York'`)
      await admin.end()
      const url = `${target.url}?options=-c%20work_mem%3D7MB&application_name=mine`
      const other = await openDatabase({ ...target, url }, silentLog)
      const [row] = await other.db.$queryRaw<object[]>`
        SELECT current_setting('TimeZone') AS zone, current_setting('work_mem') AS memory,
               current_setting('application_name') AS name,
               current_setting('statement_timeout') AS limit`
      await other.close()
      expect(row).toEqual({ zone: 'UTC', memory: '7MB', name: 'mine', limit: '15s' })
    })
  })

  it('survives connections that the server closes, idle or in a transaction', async () => {
    const client = await openRawClient(testDatabase.target)
    const endAllOthers = () =>
      client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`)
    await Promise.all(Array.from({ length: 20 }, () => database.ping()))
    const transaction = database.transaction(async (tx) => {
      await tx.user.count()
      await endAllOthers()
      await tx.user.count()
    })
    await expect(transaction).rejects.toThrow()
    await endAllOthers()
    // The pool learns of each loss in a turn of the event loop. A first query may still fail.
    await vi.waitFor(() => database.db.user.count())
    await client.end()
  })

  it.each([
    ['a wrong password', (url: URL) => (url.password = 'hunter2')],
    ['an unreachable server', (url: URL) => (url.port = '1')],
    ['a missing database', (url: URL) => (url.pathname = '/nowhere')],
  ])('an error names the server and not the password: %s', async (_, change) => {
    const failure = await openWithUrl((url) => {
      url.password = 'hunter2'
      change(url)
    }).catch((error: unknown) => error as Error)
    expect(failure).toBeInstanceOf(Error)
    expect((failure as Error).message).toMatch(/^PostgreSQL at [^@]+:\d+\/\w+: .+/)
    expect(inspect(failure)).not.toContain('hunter2')
  })
})

describe('a DATABASE_URL that is not a URL', () => {
  it.each([
    'postgresql://me:12/hunter2@localhost/db',
    'postgresql://me:12#hunter2@localhost/db',
    'postgresql://me:hunter2?x@localhost/db',
    'postgresql://me:12?hunter2@localhost/db',
    'postgresql://me:hunter2@local host:port/db',
  ])('is refused without its password: %s', async (url) => {
    const failure = await openDatabase({ kind: 'postgres', url, poolSize: 1 }, silentLog).catch(
      (error: unknown) => error as Error,
    )
    expect(failure).toBeInstanceOf(Error)
    expect((failure as Error).message).toContain('DATABASE_URL')
    expect(inspect(failure, { depth: 9 })).not.toContain('hunter2')
  })
})
