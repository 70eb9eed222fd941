import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, test, vi } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import { testSecret } from '../support/app/app.js'
import { call, failure, me, refresh, registerPerson, succeeded } from '../support/app/client.js'
import { lastingDatabase, temporaryFolder } from '../support/database/lasting-database.js'
import { programOf, workingFolder } from '../support/processes/program.js'
import {
  databaseSettings,
  startServerProcess,
  type ServerProcess,
} from '../support/processes/server-process.js'

// Each test starts several processes, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 90_000 })

async function start(env: Record<string, string>) {
  const server = await startServerProcess({ PUBLIC_URL: 'http://localhost:4000', ...env })
  onTestFinished(() => {
    server.child.kill('SIGKILL')
  })
  return server
}

async function stop({ child }: ServerProcess, signal: NodeJS.Signals = 'SIGTERM') {
  const begin = performance.now()
  const exited = once(child, 'exit')
  child.kill(signal)
  const [code] = (await exited) as [number | null]
  return { code, milliseconds: performance.now() - begin }
}

/** A start that has to fail: with a sentence for the operator, and no stack. */
async function expectNoStart(env: Record<string, string>, sentence: RegExp) {
  const options = {
    cwd: workingFolder,
    env: { PATH: process.env['PATH'], ...env },
    timeout: 60_000,
  }
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, programOf('main'), options, (error, _stdout, text) => {
      resolve({ code: error?.code, stderr: text })
    })
  })
  expect(stderr).toMatch(sentence)
  expect(stderr).not.toMatch(/^ +at |node_modules|hunter2/m)
  expect(code).toBe(1)
}

describe('a server process', () => {
  it('ends on a signal in order: what is in flight is answered, and a restart loses nothing', async () => {
    const env = {
      ...databaseSettings(await lastingDatabase()),
      AUTH_SECRET: testSecret,
      ARGON2_ITERATIONS: '4',
      ARGON2_CONCURRENCY: '1',
    }
    const server = await start(env)
    const person = await registerPerson(server)

    const input = { email: person.email, password: 'not the right one' }
    const logins = Array.from({ length: 10 }, () => call(server, LoginDocument, { input }))
    await Promise.race(logins) // one is answered, so the others are in flight
    const { code, milliseconds } = await stop(server, 'SIGTERM')
    expect(code).toBe(0)
    expect(milliseconds).toBeLessThan(10_000)
    for (const { data } of await Promise.all(logins)) {
      expect(failure(data?.login).code).toBe('INVALID_CREDENTIALS')
    }

    const restarted = await start(env)
    expect((await me(restarted, person.accessToken)).data?.me?.id).toBe(person.id)
    succeeded(await refresh(restarted, person.refreshToken))
    expect((await stop(restarted, 'SIGINT')).code).toBe(0)
  })

  it('needs no settings, says where to go, and has its folder to itself', async () => {
    const DATA_DIR = temporaryFolder()
    const server = await start({ DATA_DIR })
    expect(server.output()).toMatch(/Latchkey is ready\.[^]*\/graphql[^]*\/readyz[^]*jwks\.json/)
    expect(statSync(join(DATA_DIR, 'auth-secret')).mode & 0o777).toBe(0o600)
    expect(statSync(join(DATA_DIR, 'pg')).mode & 0o777).toBe(0o700)

    await expectNoStart({ DATA_DIR }, /data folder .* is in use by process \d+/)
    const person = await registerPerson(server)
    expect((await stop(server)).code).toBe(0)

    const restarted = await start({ DATA_DIR })
    succeeded(await refresh(restarted, person.refreshToken))
    await stop(restarted)
  })

  test.each<[string, RegExp, Record<string, string>]>([
    [
      'settings that are wrong, all of them at once',
      /^Latchkey cannot start:\n {2}PORT must be .*\n {2}AUTH_SECRET must be .*\n$/,
      { PORT: 'x', AUTH_SECRET: 'hunter2' },
    ],
    [
      'a database that does not answer',
      /^PostgreSQL at 127\.0\.0\.1:1\/db: .*ECONNREFUSED/,
      { DATABASE_URL: 'postgresql://me:hunter2@127.0.0.1:1/db', AUTH_SECRET: testSecret },
    ],
  ])('tells in a sentence and exits 1: %s', async (_, sentence, env) => {
    await expectNoStart(env, sentence)
  })

  it('tells in a sentence and exits 1: a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => {
      other.close()
    })
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const env = { DATA_DIR: temporaryFolder(), PORT: String(port) }
    await expectNoStart(env, new RegExp(`^127\\.0\\.0\\.1:${port} is in use: set PORT\\.\n$`))
  })
})
