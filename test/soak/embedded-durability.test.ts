import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openDatabase } from '../../src/platform/database/database.js'
import { killChild, nextMessage, startChild } from '../support/processes/child.js'
import { silentLog } from '../support/database/database-url.js'

let parent: string
let dataDir: string

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'latchkey-data-'))
  dataDir = join(parent, 'deep', 'data')
})

afterEach(() => {
  rmSync(parent, { recursive: true, force: true })
})

async function startWriter() {
  const child = startChild(new URL('./children/writer.ts', import.meta.url), dataDir)
  await nextMessage(child)
  return child
}

it(
  'loses no acknowledged row when it is killed during writes, six times',
  { timeout: 60_000 },
  async () => {
    const acknowledged = new Set<string>()
    for (let round = 0; round < 6; round += 1) {
      const writer = await startWriter()
      const found = new Set((await nextMessage(writer)) as string[])
      expect([...acknowledged].filter((id) => !found.has(id))).toEqual([])
      writer.on('message', (id: string) => acknowledged.add(id))
      const enough = acknowledged.size + 40 + round
      await vi.waitUntil(() => acknowledged.size >= enough, { timeout: 20_000, interval: 1 })
      await killChild(writer)
    }
    const { db, close } = await openDatabase({ kind: 'embedded', dataDir }, silentLog)
    const users = await db.user.count()
    expect(users).toBeGreaterThanOrEqual(acknowledged.size)
    // Half a transaction would leave a user without a password.
    expect(await db.user.count({ where: { password: null } })).toBe(0)
    await close()
  },
)

it('starts after a first start that was killed at any moment', { timeout: 60_000 }, async () => {
  for (const delay of [0, 150, 300, 450, 600, 900]) {
    const writer = await startWriter()
    await sleep(delay)
    await killChild(writer)
  }
  const { db, close } = await openDatabase({ kind: 'embedded', dataDir }, silentLog)
  await db.user.count()
  await close()
  expect(existsSync(join(dataDir, 'pg.unfinished'))).toBe(false)
})

it('removes the leftovers of a killed first start', async () => {
  mkdirSync(join(dataDir, 'pg.unfinished', 'base'), { recursive: true })
  writeFileSync(join(dataDir, 'pg.unfinished', 'PG_VERSION'), '18\n')
  const { db, close } = await openDatabase({ kind: 'embedded', dataDir }, silentLog)
  expect(await db.user.count()).toBe(0)
  await close()
  expect(existsSync(join(dataDir, 'pg.unfinished'))).toBe(false)
})

it('keeps rows across an orderly restart, in a folder that only its owner may enter', async () => {
  for (const rows of [1, 2]) {
    const { db, close } = await openDatabase({ kind: 'embedded', dataDir }, silentLog)
    const now = new Date()
    const id = `018f3a1c-0000-7000-8000-00000000000${String(rows)}`
    await db.user.create({ data: { id, email: id, createdAt: now, updatedAt: now } })
    expect(await db.user.count()).toBe(rows)
    // A second close must not release a lock that another process holds by then.
    await Promise.all([close(), close()])
  }
  if (process.platform !== 'win32') expect(statSync(dataDir).mode & 0o777).toBe(0o700)
})

it('refuses a folder that another process serves', async () => {
  const writer = await startWriter()
  await nextMessage(writer)
  const attempt = openDatabase({ kind: 'embedded', dataDir }, silentLog)
  await expect(attempt).rejects.toThrow(`${dataDir} is in use by process ${String(writer.pid)}`)
  await killChild(writer)
})
