// The hot paths send named prepared statements straight to the driver. An error there must affect only the request that
// caused it.
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openDatabase, type Database } from '../../src/platform/database/database.js'
import {
  createTestDatabase,
  usesPostgres,
  openRawClient,
  silentLog,
  type TestDatabase,
} from '../support/database/database.js'

it('have unique names', () => {
  const names = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.store.ts'))
    .flatMap((file) => [
      ...readFileSync(`src/${file}`, 'utf8').matchAll(/^ {2}name: '(.+)',\n {2}text:/gm),
    ])
    .map(([, name]) => name)
  expect(names.length).toBeGreaterThan(8)
  expect(new Set(names).size).toBe(names.length)
})

const count = { name: 'test-count', text: 'SELECT count(*)::int AS count FROM users' }
const insert = {
  name: 'test-insert',
  text: `INSERT INTO users (id, email, created_at, updated_at) VALUES (gen_random_uuid(), $1, now(), now())`,
}
describe.each(['prepared', 'prisma'] as const)('sent %s', (statements) => {
  let testDatabase: TestDatabase
  let database: Database
  beforeAll(async () => {
    testDatabase = await createTestDatabase()
    database = await openDatabase(testDatabase.target, silentLog, { statements, batching: true })
  })
  afterAll(async () => {
    await database.close()
    await testDatabase.drop()
  })

  const countUsers = async () => (await database.query<{ count: number }>(count, []))[0]?.count

  it('in a transaction that throws leave nothing behind, and the next one works', async () => {
    const failing = database.hotTransaction(async (query) => {
      await query(insert, ['a@example.com'])
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await countUsers()).toBe(0)
    await database.hotTransaction((query) => query(insert, ['b@example.com']))
    expect(await countUsers()).toBe(1)
  })

  it('in a transaction that does not wait for them still belong to it', async () => {
    const before = (await countUsers()) ?? 0
    await database.hotTransaction((query) => {
      void query(insert, ['e@example.com'])
      return Promise.resolve()
    })
    expect(await countUsers()).toBe(before + 1)
  })

  it('in a transaction that hides an error make it fail', async () => {
    const before = await countUsers()
    const hiding = database.hotTransaction(async (query) => {
      await query(insert, ['c@example.com'])
      await query(insert, ['c@example.com']).catch(() => undefined)
    })
    await expect(hiding).rejects.toThrow()
    expect(await countUsers()).toBe(before)
  })

  it('that run once for many callers pass their error to all of those callers and to no other', async () => {
    const batches: (readonly number[])[] = []
    const double = database.batch(async (numbers: readonly number[]) => {
      batches.push(numbers)
      await database.query(count, [])
      if (numbers.includes(13)) throw new Error('unlucky')
      return numbers.map((number) => number * 2)
    })
    expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6])
    expect(batches).toEqual([[1, 2, 3]])
    // More often than there are slots for concurrent statements: each slot must be released.
    for (let i = 0; i < 5; i += 1) {
      batches.splice(0)
      const unlucky = [1, 13, 2].map(double)
      for (const one of unlucky) one.catch(() => undefined) // it may fail before it is awaited
      await new Promise(setImmediate) // in flight
      const lucky = [4, 5].map(double)
      const outcomes = await Promise.allSettled([...unlucky, ...lucky])
      const failed = { status: 'rejected', reason: new Error('unlucky') }
      expect(outcomes.slice(0, 3)).toEqual([failed, failed, failed])
      expect(outcomes.slice(3)).toMatchObject([{ value: 8 }, { value: 10 }])
      expect(batches).toEqual([
        [1, 13, 2],
        [4, 5],
      ])
    }
  })

  it('run in the order of the calls, even if callers await them in another order', async () => {
    const answers = await database.hotTransaction(async (query) => {
      const before = query<{ count: number }>(count, [])
      const written = query(insert, ['d@example.com'])
      const afterwards = query<{ count: number }>(count, [])
      await written
      return Promise.all([before, afterwards])
    })
    const [[before], [afterwards]] = answers
    expect(afterwards?.count).toBe((before?.count ?? 0) + 1)
  })

  describe.skipIf(!usesPostgres)('on PostgreSQL', () => {
    it('survive connections that the server closes in a transaction', async () => {
      const raw = await openRawClient(testDatabase.target)
      const cut = database.hotTransaction(async (query) => {
        await query(count, [])
        await raw.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`)
        await query(count, [])
      })
      await expect(cut).rejects.toThrow()
      await raw.end()
      await vi.waitFor(countUsers)
    })

    it('are planned again after a migration changed their result type', async () => {
      const raw = await openRawClient(testDatabase.target)
      const names = { name: 'test-names', text: 'SELECT name FROM users' }
      const inTransaction = () => database.hotTransaction((query) => query(names, []))
      await database.query(names, [])
      await inTransaction()
      await raw.query('ALTER TABLE users ALTER COLUMN name TYPE varchar(200)')
      await raw.end()
      const people = (await countUsers()) ?? 0
      expect(await database.query(names, [])).toHaveLength(people)
      await inTransaction().catch(() => undefined) // may meet the one stale plan that is left
      expect(await inTransaction()).toHaveLength(people)
    })

    it('read data committed meanwhile, with any default isolation level of the database', async () => {
      const raw = await openRawClient(testDatabase.target)
      const level = {
        name: 'test-level',
        text: `SELECT current_setting('transaction_isolation') AS level`,
      }
      const { rows } = await raw.query<{ name: string }>('SELECT current_database() AS name')
      const [{ name } = { name: '' }] = rows
      await raw.query(
        `ALTER DATABASE ${name} SET default_transaction_isolation = 'repeatable read'`,
      )
      await raw.end()
      const other = await openDatabase(testDatabase.target, silentLog, {
        statements,
        batching: true,
      })
      const inTransaction = await other.hotTransaction((query) => query(level, []))
      const byItself = await other.query(level, [])
      await other.close()
      expect(inTransaction).toEqual([{ level: 'read committed' }])
      expect(byItself).toEqual(inTransaction)
    })
  })
})
