// A command that only reads must change no data: no migration, key, secret or folder, with any settings. Changes by
// other commands are in the audit log.
import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { afterAll, describe, expect, it, onTestFinished, test, vi } from 'vitest'
import { commands, type Command, type CommandName } from '../../src/compose/cli/commands.js'
import { runCommand } from '../../src/compose/cli/run-command.js'
import { runInProcess } from '../../src/compose/cli/run-in-process.js'
import { parseConfig } from '../../src/compose/config/config.js'
import {
  openDatabase,
  openDatabaseReadOnly,
  type PersistentTarget,
} from '../../src/platform/database/database.js'
import { lockFolder } from '../../src/platform/database/embedded/folder-lock.js'
import { startApp, testSecret } from '../support/app/app.js'
import { registerPerson } from '../support/app/client.js'
import { runProgram } from '../support/processes/command-line.js'
import {
  createPostgresDatabase,
  usesPostgres,
  openRawClient,
  silentLog,
} from '../support/database/database.js'
import { createTemporaryFolder } from '../support/database/persistent-database.js'
import { readAllRows } from '../support/database/all-rows.js'
import { databaseSettings } from '../support/processes/server-process.js'

// This file creates databases, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 90_000 })

const all = Object.entries<Command>(commands) as [CommandName, Command][]
const namesOf = (...kinds: Command['kind'][]) =>
  all.filter(([, command]) => kinds.includes(command.kind)).map(([name]) => name)
const readCommands = namesOf('reads')
// These commands change existing data. Without a database they have none to change.
const writeCommands = namesOf('writes')

/** Every file below the folder, with all properties that a command could change. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name)
      const { mode, mtimeMs, size } = lstatSync(path)
      const bytes = lstatSync(path).isFile() ? readFileSync(path) : ''
      const digest = createHash('sha256').update(bytes).digest('hex')
      return [name, mode, mtimeMs, size, digest].join(' ')
    })
}

/** With these settings a server would make another next key and encrypt the other keys again. */
const otherSettings = {
  JWT_ALGORITHM: 'EdDSA',
  AUTH_SECRET: `${Buffer.from(testSecret, 'base64').reverse().toString('base64')},${testSecret}`,
}

describe('a command that reads', async () => {
  const target = await createSharedDatabase()
  const env = { ...databaseSettings(target), AUTH_SECRET: testSecret }
  await runInProcess(
    'users create',
    {
      email: 'ada@example.com',
      password: 'a password of an operator',
      username: null,
      name: null,
      emailVerified: false,
    },
    parseConfig(env),
  )

  async function snapshot() {
    if (target.kind === 'embedded') return filesIn(target.dataDir)
    const client = await openRawClient(target)
    const { rows: tables } = await client.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
    )
    const rows: string[] = []
    for (const { name } of tables) {
      const found = await client.query<{ row: string }>(
        `SELECT t.xmin::text || ' ' || t::text AS row FROM "${name}" t ORDER BY 1`,
      )
      rows.push(name, ...found.rows.map(({ row }) => row))
    }
    await client.end()
    return rows
  }

  it('is marked as such in the table of commands', () => {
    expect(readCommands).toEqual(expect.arrayContaining(['keys list', 'mail list']))
  })

  test.each(readCommands)('%s changes nothing', async (name) => {
    const before = await snapshot()
    const report = await runCommand(name, {}, parseConfig({ ...env, ...otherSettings }))
    expect(report.ok).toBe(true)
    expect(await snapshot()).toEqual(before)
    if (name === 'keys list') {
      expect(report.data).toMatchObject([{ algorithm: 'RS256' }, { algorithm: 'RS256' }])
    }
  })

  it('has a database on which PostgreSQL itself refuses to write', async () => {
    const { db, close } = await openDatabaseReadOnly(target, silentLog)
    onTestFinished(close)
    expect(await db.user.count()).toBe(1)
    await expect(db.user.deleteMany()).rejects.toThrow(/read-only transaction/)
    await expect(db.$executeRaw`CREATE TABLE extra (id int)`).rejects.toThrow(/read-only/)
  })

  it('refuses a database of another version, and states the remedy', async () => {
    const sql = `UPDATE _prisma_migrations SET rolled_back_at = $1
      WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)`
    await executeSql(sql, new Date())
    const before = await snapshot()
    const [name = 'mail list'] = readCommands
    await expect(runCommand(name, {}, parseConfig(env))).rejects.toThrow(
      /it has an older version: 1 of \d+ migrations are missing\. Run `latchkey migrate`/,
    )
    expect(await snapshot()).toEqual(before)
  })

  async function executeSql(sql: string, value: Date | null) {
    if (target.kind === 'embedded') {
      const engine = await PGlite.create(join(target.dataDir, 'pg'))
      await engine.query(sql, [value])
      await engine.close()
    } else {
      const client = await openRawClient(target)
      await client.query(sql, [value])
      await client.end()
    }
  }
})

describe.skipIf(usesPostgres)('with a wrong DATA_DIR', () => {
  const invalidFolders: [string, (folder: string) => string, string][] = [
    ['no folder', (folder) => join(folder, 'nowhere', 'else'), 'does not exist'],
    ['an empty folder', (folder) => folder, 'has no database'],
    [
      'a folder with other files',
      (folder) => createFolderIn(folder, 'pg'),
      'has no complete database',
    ],
    ['a file', (folder) => createFileIn(folder), 'is not a folder'],
  ]
  test.each(invalidFolders)(
    '%s reports the folder and creates nothing',
    async (_, createFolder, problem) => {
      const folder = createTemporaryFolder()
      const dataDir = createFolder(folder)
      const before = filesIn(folder)
      for (const name of [...readCommands, ...writeCommands]) {
        const running = runCommand(name, {}, parseConfig({ DATA_DIR: dataDir }))
        await expect(running).rejects.toThrow(`DATA_DIR ${JSON.stringify(dataDir)} ${problem}. Set`)
      }
      expect(filesIn(folder)).toEqual(before)
    },
  )

  it('only `users create` creates a database', async () => {
    expect(namesOf('creates')).toEqual(['users create'])
    const dataDir = join(createTemporaryFolder(), 'new')
    const account = { username: null, name: null, emailVerified: false }
    const input = { email: 'ada@example.com', password: 'a password of an operator', ...account }
    const report = await runCommand('users create', input, parseConfig({ DATA_DIR: dataDir }))
    expect(report).toMatchObject({ ok: true })
    expect(readdirSync(dataDir)).toContain('pg')
  })

  it('one line is printed', async () => {
    const DATA_DIR = join(createTemporaryFolder(), 'x')
    const { code, out, err } = await runProgram('cli', { DATA_DIR }, { args: ['keys', 'list'] })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^DATA_DIR ".*" does not exist\. Set DATA_DIR .*\n$/)
  })

  it('a process that accepts no commands is reported', async () => {
    const dataDir = createTemporaryFolder()
    await (await openDatabase({ kind: 'embedded', dataDir }, silentLog)).close()
    const lock = await lockFolder(dataDir, { log: silentLog, onLost: () => undefined })
    onTestFinished(lock.release)
    const names = () => readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).sort()
    const before = names()
    const running = runCommand('keys list', {}, parseConfig({ DATA_DIR: dataDir }))
    await expect(running).rejects.toThrow(`in use by process ${process.pid}`)
    expect(names()).toEqual(before)
  })
})

it.skipIf(!usesPostgres)('an empty database is reported with the way to fill it', async () => {
  const { target, drop } = await createPostgresDatabase()
  onTestFinished(drop)
  const config = parseConfig({ DATABASE_URL: target.url, AUTH_SECRET: testSecret })
  for (const name of ['mail list', ...writeCommands] as const) {
    await expect(runCommand(name, {}, config)).rejects.toThrow(
      /^PostgreSQL at .*: it has no Latchkey tables: .* Run `latchkey migrate`/,
    )
  }
  const client = await openRawClient(target)
  const { rows } = await client.query("SELECT to_regclass('_prisma_migrations') AS history")
  await client.end()
  expect(rows).toEqual([{ history: null }])
})

describe('every command that writes leaves an audit event, and none when it is refused', async () => {
  const app = await startApp({ ownKeys: true })
  afterAll(app.close)
  const person = await registerPerson(app)
  const { services } = app.app

  const account = { username: null, name: null, emailVerified: false }
  const password = 'a password of an operator'
  const commandInputs: Partial<
    Record<CommandName, { input: () => Promise<object>; refused: object }>
  > = {
    'keys rotate': {
      input: () => Promise.resolve({ force: true }),
      refused: { force: false },
    },
    'keys retire': {
      input: async () => {
        const keys = await services.keyRotation.list()
        return { id: keys.find(({ status }) => status === 'RETIRING')?.id }
      },
      refused: { id: 'none' },
    },
    'users create': {
      input: () => Promise.resolve({ email: 'grace@example.com', password, ...account }),
      refused: { email: 'grace@example.com', password, ...account },
    },
    'users disable': {
      input: () => Promise.resolve({ user: ` ${person.email}\n` }),
      refused: { user: 'nobody@example.com' },
    },
    'users enable': {
      input: () => Promise.resolve({ user: ` ${person.id} ` }),
      refused: { user: 'nobody@example.com' },
    },
    'users unlock': {
      input: () => Promise.resolve({ user: person.email }),
      refused: { user: 'nobody@example.com' },
    },
    'mail requeue': {
      input: async () => {
        const dead = { status: 'DEAD', finishedAt: app.clock.now(), lastError: 'gone' } as const
        await app.db.outboxMessage.updateMany({ data: dead })
        return { ids: [], all: true }
      },
      refused: { ids: [person.id], all: false },
    },
  }

  test.each(namesOf('writes', 'creates'))('%s', async (name) => {
    const work = commandInputs[name]
    if (!work) throw new Error(`say in the table above how ${name} is used`)
    const count = () => app.db.auditEvent.count()
    const input = await work.input()
    const before = await count()
    expect(await commands[name].run(services, input)).toMatchObject({ ok: true })
    expect(await count()).toBe(before + 1)
    const rows = await readAllRows(app)
    expect(await commands[name].run(services, work.refused)).toMatchObject({ ok: false })
    expect(await readAllRows(app)).toEqual(rows)
  })

  it('by its own event type', async () => {
    const events = await app.db.auditEvent.findMany({
      where: { actorId: null },
      orderBy: { id: 'asc' },
    })
    expect(events.map(({ type }) => type)).toEqual([
      'SIGNING_KEY_ROTATED',
      'SIGNING_KEY_RETIRED',
      'USER_CREATED',
      'USER_DISABLED',
      'USER_ENABLED',
      'USER_UNLOCKED',
      'MESSAGES_REQUEUED',
    ])
  })
})

function createFolderIn(folder: string, name: string) {
  mkdirSync(join(folder, name))
  return folder
}

function createFileIn(folder: string) {
  const path = join(folder, 'file')
  writeFileSync(path, '')
  return path
}

/** Removed after all tests. */
async function createSharedDatabase(): Promise<PersistentTarget> {
  if (usesPostgres) {
    const { target, drop } = await createPostgresDatabase()
    afterAll(drop)
    return target
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  afterAll(() => {
    rmSync(dataDir, { recursive: true, force: true })
  })
  return { kind: 'embedded', dataDir }
}
