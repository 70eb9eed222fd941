// Text from a client must never become code (CWE-94, CWE-95). This file watches a separate server process from the
// moment it is ready. No request makes it call Function, a constructor of functions, eval or node:vm.
// (`--disallow-code-generation-from-strings` would stop the start: Fastify's router makes code from our own routes.)
import { fileURLToPath } from 'node:url'
import { print } from 'graphql'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import * as operations from '@latchkey/client/operations'
import { createSchema } from '../../src/compose/schema.js'
import { killChild, nextMessage } from '../support/processes/child.js'
import {
  call,
  goodPassword,
  newEmail,
  post,
  registerPerson,
  type Person,
} from '../support/app/client.js'
import { costlyDocuments } from '../support/hostile/costly-documents.js'
import { fuzzSeed } from '../support/hostile/fuzz.js'
import { sendAttack, hostileRequests } from '../support/hostile/hostile-documents.js'
import { injections } from '../support/hostile/injections.js'
import { createPersistentDatabase } from '../support/database/persistent-database.js'
import { mapInChunks, naughty } from '../support/hostile/naughty-strings.js'
import { mutationNames } from '../support/app/presence-proofs.js'
import { programArgs } from '../support/processes/program.js'
import { randomRequests } from '../support/hostile/random-documents.js'
import {
  databaseSettings,
  startServerProcess,
  type ServerProcess,
} from '../support/processes/server-process.js'
import { testSecret } from '../support/app/test-secret.js'

// This file starts a process, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 90_000 })

const trapFile = fileURLToPath(new URL('../platform/children/code-trap.mjs', import.meta.url))

const database = await createPersistentDatabase(afterAll)
let server: ServerProcess
let person: Person

beforeAll(async () => {
  const settings = { FEDERATION: 'on', STITCHING: 'on', AUTH_SECRET: testSecret }
  server = await startServerProcess(
    { ...databaseSettings(database), ...settings },
    ['--import', trapFile, ...programArgs('main')],
    { ipc: true },
  )
  expect(await sendOrder('arm')).toEqual([])
  person = await registerPerson(server)
})
afterAll(() => killChild(server.child))

function sendOrder(order: 'arm' | 'report' | 'provoke') {
  const answer = nextMessage(server.child)
  server.child.send(order)
  return answer
}

/** The calls that compiled text to code since the server was ready. */
const calls = () => sendOrder('report')

it('ordinary operations make no code from text', async () => {
  const { email } = person
  const token = 'x'.repeat(43)
  const inputs: Record<string, object | null> = {
    register: { email: newEmail(), password: goodPassword },
    login: { email, password: goodPassword },
    verifyMfa: { challengeToken: token, method: 'TOTP', code: '123456' },
    beginTotpEnrollment: {},
    confirmTotpEnrollment: { code: '123456' },
    disableTotp: { code: '123456' },
    regenerateRecoveryCodes: {},
    beginPasskeyRegistration: {},
    finishPasskeyRegistration: { challengeToken: token, response: {} },
    beginPasskeyLogin: null,
    finishPasskeyLogin: { challengeToken: token, response: {} },
    renamePasskey: { passkeyId: person.id, name: 'Key' },
    deletePasskey: { passkeyId: person.id },
    refresh: { refreshToken: person.refreshToken },
    reauthenticate: { password: goodPassword },
    updateProfile: { name: 'Ana ${1}', bio: '"+1+"', image: 'https://example.com/a.png' },
    requestEmailVerification: { email },
    verifyEmail: { token, password: goodPassword },
    requestPasswordReset: { email },
    resetPassword: { token, newPassword: 'another horse entirely' },
    requestEmailChange: { newEmail: newEmail() },
    confirmEmailChange: { token },
    rejectEmailChange: { token, confirmEmail: email },
    exportAccountData: {},
    revokeSession: { sessionId: person.id },
    revokeOtherSessions: null,
    changePassword: { currentPassword: goodPassword, newPassword: goodPassword },
    logout: null,
    deleteAccount: { confirmEmail: email },
  }
  expect(Object.keys(inputs).sort()).toEqual([...mutationNames].sort())
  const documents = Object.entries(operations)
    .filter(([name]) => name.endsWith('Document'))
    .map(
      ([name, document]) => [name.charAt(0).toLowerCase() + name.slice(1, -8), document] as const,
    )
  const ask = (name: string, query: string) => {
    const variables = inputs[name] ? { input: inputs[name] } : {}
    return call(server, query, variables, { token: person.accessToken })
  }
  for (const again of [false, true]) {
    for (const [name, document] of documents) {
      if (name in inputs) continue
      const { data } = await ask(name, print(document))
      expect([name, again, Boolean(data)]).toEqual([name, again, true])
    }
  }
  const found = new Map(documents)
  for (const name of Object.keys(inputs)) {
    const document = found.get(name) as Parameters<typeof print>[0] | undefined
    expect([name, Boolean(document)]).toEqual([name, true])
    if (!document) continue
    const { status, data } = await ask(name, print(document))
    expect([name, status, Boolean(data)]).toEqual([name, 200, true])
  }
  const pages = ['/graphql', '/forgot-password', '/verify-email?token=x', '/dev/mail']
  for (const path of ['/.well-known/jwks.json', '/healthz', '/nowhere', ...pages]) {
    const headers = { accept: 'text/html,application/json' }
    expect((await fetch(`${server.url}${path}`, { headers })).status).toBeLessThan(500)
  }
  expect(await calls()).toEqual([])
  person = await registerPerson(server)
})

it('documents that contain code make none', async () => {
  for (const query of Object.values(injections)) {
    for (let i = 0; i < 3; i += 1) await call(server, query, {}, { token: person.accessToken })
  }
  expect(await calls()).toEqual([])
})

it('hostile and costly documents make none', async () => {
  for (const request of hostileRequests) {
    expect((await sendAttack(server, request, person.accessToken)).status).toBe(request.status)
  }
  const costly = costlyDocuments(await createSchema(), 'each field')
  await mapInChunks(costly, ([, document]) =>
    call(server, document(2), {}, { token: person.accessToken }),
  )
  expect(await calls()).toEqual([])
})

it('naughty strings make none in any position with text', async () => {
  const literal = (text: string) =>
    `mutation { logout(input: { refreshToken: ${text} }) { sessionId } }`
  await mapInChunks(naughty, async (text) => {
    const bodies = [
      { query: text },
      { query: literal(JSON.stringify(text)) },
      { query: literal(`"""${text}"""`) },
      {
        query: 'query ($a: String) { me { sessions(after: $a) { totalCount } } }',
        variables: { a: text },
      },
      { query: '{ __typename }', operationName: text, variables: { [text]: text } },
    ]
    for (const body of bodies) await post(server, JSON.stringify(body))
  })
  expect(await calls()).toEqual([])
})

it('random documents make none, on the second run too', async () => {
  const requests = fc.sample(randomRequests, { numRuns: 600, seed: fuzzSeed })
  const statuses = await mapInChunks(requests, async ({ query, variables }) => {
    const { status } = await call(server, query, variables, { token: person.accessToken })
    await call(server, query, variables, { token: person.accessToken })
    return status
  })
  expect(await calls(), `FUZZ_SEED=${fuzzSeed}`).toEqual([])
  const count = (status: number) => statuses.filter((one) => one === status).length
  expect([count(200) > 100, count(400) > 10]).toEqual([true, true])
})

it('the trap counts every way in which this process could make code from text', async () => {
  const counts = (await sendOrder('provoke')) as Record<string, number>
  const missed = Object.entries(counts).filter(([, count]) => count === 0)
  expect(Object.keys(counts).length).toBeGreaterThan(10)
  expect(missed).toEqual([])
  expect(((await calls()) as string[]).length).toBeGreaterThanOrEqual(Object.keys(counts).length)
})
