import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import { describe, expect, it, onTestFinished, test, vi } from 'vitest'
import { LoginDocument, RefreshDocument, type RefreshMutation } from '@latchkey/client/operations'
import { testSecret } from '../support/app/test-secret.js'
import { me, refresh, registerPerson, getAuthPayload } from '../support/app/client.js'
import { outcomeOf, type Outcome } from '../support/app/rate-limits.js'
import {
  createPersistentDatabase,
  createTemporaryFolder,
} from '../support/database/persistent-database.js'
import { programArgs, workingFolder } from '../support/processes/program.js'
import {
  databaseSettings,
  startServerProcess,
  type ServerProcess,
} from '../support/processes/server-process.js'

// A test starts up to four processes, which takes minutes on a busy machine. The limit only ends a test that hangs.
const pollOptions = { timeout: 200_000, interval: 20 }
vi.setConfig({ testTimeout: 300_000 })

async function start(env: Record<string, string>) {
  const server = await startServerProcess({ PUBLIC_URL: 'http://localhost:4000', ...env })
  onTestFinished(() => {
    server.child.kill('SIGKILL')
  })
  return server
}

/** The exit code: 0 after an orderly stop within 9.5 s, measured by the server itself. */
async function stop({ child }: ServerProcess, signal: NodeJS.Signals = 'SIGTERM') {
  const exited = once(child, 'exit')
  child.kill(signal)
  const [code] = (await exited) as [number | null]
  return code
}

/** Sends only the headers of a request. The returned function sends its body, and resolves to the response. */
async function holdRequest<T, V>(
  { url }: ServerProcess,
  document: TypedDocumentNode<T, V>,
  variables: V,
): Promise<() => Promise<Outcome>> {
  const body = JSON.stringify({ query: print(document), variables })
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    expect: '100-continue',
  }
  const sent = request(`${url}/graphql`, { method: 'POST', headers })
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>
  answered.catch(() => undefined) // the code that awaits the response throws an error
  await once(sent, 'continue')
  return async () => {
    sent.end(body)
    const [response] = await answered
    const { data, errors = [] } = JSON.parse(await text(response)) as Partial<Outcome>
    return { data, errors }
  }
}

/** Expects that the start fails with a sentence for the operator and no stack trace. */
async function expectNoStart(env: Record<string, string>, sentence: RegExp) {
  const options = {
    cwd: workingFolder,
    env: { PATH: process.env['PATH'], ...env },
    timeout: pollOptions.timeout,
  }
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, programArgs('main'), options, (error, _stdout, errors) => {
      resolve({ code: error?.code, stderr: errors })
    })
  })
  expect(stderr).toMatch(sentence)
  expect(stderr).not.toMatch(/^ +at |node_modules|hunter2/m)
  expect(code).toBe(1)
}

describe('a server process', () => {
  it('stops in order on a signal: it answers requests in flight, and a restart loses nothing', async () => {
    const env = { ...databaseSettings(await createPersistentDatabase()), AUTH_SECRET: testSecret }
    const server = await start(env)
    const person = await registerPerson(server)
    const { refreshToken, email } = person
    const credentials = { email, password: 'not the right one' }
    const refreshing = await holdRequest(server, RefreshDocument, { input: { refreshToken } })
    const logins = [
      await holdRequest(server, LoginDocument, { input: credentials }),
      await holdRequest(server, LoginDocument, { input: credentials }),
    ]

    const stopped = stop(server, 'SIGTERM')
    await vi.waitUntil(() => server.output().includes('"msg":"stopping"'), pollOptions)
    const [refreshed, ...refused] = await Promise.all([refreshing(), ...logins.map((go) => go())])
    for (const outcome of refused.map(outcomeOf)) {
      // A hash has low priority: on a busy machine it can miss the deadline of its request.
      expect(outcome).toBeOneOf(['INVALID_CREDENTIALS', 'SERVICE_BUSY 2'])
    }
    expect(await stopped).toBe(0)

    const restarted = await start(env)
    expect((await me(restarted, person.accessToken)).data?.me?.id).toBe(person.id)
    const { refresh: successor } = refreshed.data as RefreshMutation
    getAuthPayload(await refresh(restarted, getAuthPayload(successor).refreshToken ?? ''))
    expect(await stop(restarted, 'SIGINT')).toBe(0)
  })

  it('needs no settings, prints its address, and locks its folder', async () => {
    const DATA_DIR = createTemporaryFolder()
    const server = await start({ DATA_DIR })
    expect(server.output()).toMatch(/Latchkey is ready\.[^]*\/graphql[^]*\/readyz[^]*jwks\.json/)
    expect(statSync(join(DATA_DIR, 'auth-secret')).mode & 0o777).toBe(0o600)
    expect(statSync(join(DATA_DIR, 'pg')).mode & 0o777).toBe(0o700)

    await expectNoStart({ DATA_DIR }, /data folder .* is in use by process \d+/)
    const person = await registerPerson(server)
    expect(await stop(server)).toBe(0)

    const restarted = await start({ DATA_DIR })
    getAuthPayload(await refresh(restarted, person.refreshToken))
    await stop(restarted)
  })

  test.each<[string, RegExp, Record<string, string>]>([
    [
      'all wrong settings at once',
      /^Latchkey cannot start:\n {2}PORT must be .*\n {2}AUTH_SECRET must be .*\n$/,
      { PORT: 'x', AUTH_SECRET: 'hunter2' },
    ],
    [
      'a database that does not answer',
      /^PostgreSQL at 127\.0\.0\.1:1\/db: .*ECONNREFUSED/,
      { DATABASE_URL: 'postgresql://me:hunter2@127.0.0.1:1/db', AUTH_SECRET: testSecret },
    ],
  ])('explains the error in a sentence and exits with 1: %s', async (_, sentence, env) => {
    await expectNoStart(env, sentence)
  })

  it('explains the error in a sentence and exits with 1: a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => {
      other.close()
    })
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const env = { DATA_DIR: createTemporaryFolder(), PORT: String(port) }
    await expectNoStart(env, new RegExp(`^127\\.0\\.0\\.1:${port} is in use: set PORT\\.\n$`))
  })
})
