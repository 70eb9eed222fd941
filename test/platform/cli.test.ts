import { once } from 'node:events'
import { Readable } from 'node:stream'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, test, vi } from 'vitest'
import { readPassword } from '../../src/compose/cli/read-password.js'
import { testSecret } from '../support/app/test-secret.js'
import { callWithRetry, registerPerson, getRefusalReason } from '../support/app/client.js'
import { runProgram } from '../support/processes/command-line.js'
import {
  createTemporaryFolder,
  createPersistentDatabase,
} from '../support/database/persistent-database.js'
import { databaseSettings, startServerProcess } from '../support/processes/server-process.js'

// A test starts up to eight processes, which takes minutes on a busy machine. The limit only ends a test that hangs.
vi.setConfig({ testTimeout: 300_000 })

const latchkey = (env: Record<string, string>, args: string[], input: string | Buffer = '') =>
  runProgram('cli', env, { args, input })

async function server() {
  const env = { ...databaseSettings(await createPersistentDatabase()), AUTH_SECRET: testSecret }
  const serverProcess = await startServerProcess(env)
  onTestFinished(async () => {
    serverProcess.child.kill('SIGTERM')
    await once(serverProcess.child, 'exit')
  })
  return { env, ...serverProcess }
}

it('changes the data of a running server, which sees the change at once', async () => {
  const { env, url } = await server()
  const person = await registerPerson({ url })

  const list = await latchkey(env, ['keys', 'list', '--json'])
  const keys = JSON.parse(list.out) as { status: string }[]
  expect(keys.map(({ status }) => status).sort()).toEqual(['CURRENT', 'NEXT'])
  expect(await latchkey(env, ['keys', 'rotate'])).toMatchObject({ code: 1, out: '' })
  expect(await latchkey(env, ['keys', 'rotate', '--force'])).toMatchObject({ code: 0, err: '' })
  expect(await getRefusalReason({ url }, person.accessToken)).toBeUndefined()

  const disabled = await latchkey(env, ['users', 'disable', person.email, '--json'])
  expect(JSON.parse(disabled.out)).toEqual({ id: person.id, changed: true })
  expect(await getRefusalReason({ url }, person.accessToken)).toBe('SESSION_ENDED')

  expect(await latchkey(env, ['users', 'unlock', person.email])).toMatchObject({
    code: 0,
    out: `Passwords for ${person.email} are accepted again from every network.\n`,
  })

  const password = 'a password from standard input'
  const create = ['users', 'create', 'Grace@Example.com', '--name', 'Grace', '--password-stdin']
  expect(await latchkey(env, create, `${password}\n`)).toMatchObject({ code: 0, err: '' })
  const document = `mutation ($input: LoginInput!) {
    login(input: $input) { ... on AuthPayload { user { email name } } }
  }`
  const { data } = await callWithRetry({ url }, document, {
    input: { email: 'grace@example.com', password },
  })
  expect(data).toEqual({ login: { user: { email: 'grace@example.com', name: 'Grace' } } })
})

it('works on the same data without a server', async () => {
  const env = { ...databaseSettings(await createPersistentDatabase()), AUTH_SECRET: testSecret }
  expect(await latchkey(env, ['migrate'])).toMatchObject({ code: 0, err: '' })
  const created = await latchkey(env, ['users', 'create', 'ada@example.com', '--json'])
  const { id, password } = JSON.parse(created.out) as { id: string; password: string }
  expect(password).toMatch(/^[\w-]{24}$/)
  const again = await latchkey(env, ['users', 'create', 'ADA@example.com'])
  expect(again).toMatchObject({ code: 1, out: '' })
  const disabled = await latchkey(env, ['users', 'disable', id, '--json'])
  expect(JSON.parse(disabled.out)).toEqual({ id, changed: true })
})

describe('the password on standard input', () => {
  const utf16 = (text: string) => Buffer.from(text, 'utf16le')
  const bom = Buffer.from('\ufeff')
  const password = 'ein schönes Paßwort 🐘'

  const bytes: [string, Buffer | string, readonly string[]][] = [
    ['with the flag', `${password}\n`, ['--password-stdin']],
    ['without it', `${password}\n`, []],
    ['without a line break', password, []],
    [
      'with a Windows line break and a byte order mark',
      Buffer.concat([bom, Buffer.from(`${password}\r\n`)]),
      [],
    ],
  ]
  it.each(bytes)('is read %s', async (_, input, flags) => {
    expect(await passwordOf(input, flags)).toEqual({ kind: 'given', password })
  })

  const refused: [string, Buffer | string, RegExp][] = [
    [
      'UTF-16',
      Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(password)]),
      /is not UTF-8: convert/,
    ],
    ['UTF-16 without a mark', utf16('only ascii letters'), /is not UTF-8: convert/],
    ['Latin-1', Buffer.from('schönes Paßwort', 'latin1'), /is not UTF-8: convert/],
    ['two lines', 'one line\nand another\n', /has more than one line/],
    ['an empty line', '\n', /is empty/],
    ['100 kB', 'x'.repeat(100_000), /is too long/],
  ]
  it.each(refused)('is refused as %s', async (_, input, problem) => {
    for (const flags of [[], ['--password-stdin']]) {
      const given = await passwordOf(input, flags)
      expect(given).toMatchObject({
        kind: 'refused',
        problem: expect.stringMatching(problem) as string,
      })
    }
  })

  it('is absent on empty input, and refused if a flag announced it', async () => {
    expect(await passwordOf('', [])).toEqual({ kind: 'none' })
    expect(await passwordOf('', ['--password-stdin'])).toMatchObject({ kind: 'refused' })
  })

  const passwordOf = (input: Buffer | string, flags: readonly string[]) =>
    readPassword(
      Readable.from(input.length > 0 ? [Buffer.from(input)] : [], { objectMode: false }),
      {
        isExpected: flags.length > 0,
      },
    )
})

it('creates no account for a password that cannot be typed', async () => {
  const env = { ...databaseSettings(await createPersistentDatabase()), AUTH_SECRET: testSecret }
  const create = ['users', 'create', 'ada@example.com']
  const refused = await latchkey(env, create, Buffer.from('a long pässword', 'latin1'))
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(refused.err).toMatch(/^The password on standard input is not UTF-8: .*\n$/)
  const piped = await latchkey(env, create, 'a long pässword\n')
  expect(piped).toMatchObject({ code: 0, err: '' })
  expect(piped.out).not.toContain('Password:')
})

it('a folder name too long for a socket disables the command line, not the server', async () => {
  const DATA_DIR = join(createTemporaryFolder(), 'a-long-name'.repeat(12))
  const { child, output, url } = await startServerProcess({ DATA_DIR })
  try {
    expect(output()).toContain('the command line cannot reach this server')
    expect((await registerPerson({ url })).accessToken).toBeTruthy()
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
})

test.each([
  [['--help'], 0, /latchkey \[options\] \[command\].*start.*migrate.*keys.*users/s],
  [['keys', '--help'], 0, /list.*rotate.*retire/s],
  [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
])('latchkey %j prints help', async (args, code, output) => {
  const result = await latchkey({ DATA_DIR: createTemporaryFolder() }, args)
  expect(result.code).toBe(code)
  expect(result.out).toMatch(output)
})

test.each([
  [['nonsense']],
  [['keys', 'retire']],
  [['users', 'create']],
  [['keys', 'rotate', '--now']],
])(
  'latchkey %j is an unknown command: exit code 2 and a message on standard error',
  async (args) => {
    const result = await latchkey({ DATA_DIR: createTemporaryFolder() }, args)
    expect(result).toMatchObject({ code: 2, out: '' })
    expect(result.err).toMatch(/^error: /)
  },
)
