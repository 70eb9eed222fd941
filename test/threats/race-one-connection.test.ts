// An operation that asks for a second connection while it holds the first waits for itself as soon as enough
// callers do the same: with a pool of one, at once and for ever (better-auth PR 10070 and 10622). The embedded
// database has one session, and small PostgreSQL pools are common: fifty of each mutation together all come through.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  LoginDocument,
  LogoutDocument,
  RefreshDocument,
  RegisterDocument,
} from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import {
  call,
  goodPassword,
  newEmail,
  registerPerson,
  signIn,
  succeeded,
} from '../support/app/client.js'
import type { Answer, Person } from '../support/app/client.js'
import { exampleOf, mutationNames, type Operation } from '../support/app/every-mutation.js'
import { outcomeOf, tally } from '../support/app/limits.js'
import { sendAllTogether } from '../support/app/send-together.js'

const app = await startApp({
  poolSize: 1,
  env: { ARGON2_QUEUE: '1000', MAX_SESSIONS_PER_USER: '0' },
})
afterAll(app.close)

const many = 50
const password = goodPassword

/** All at once; none breaks, and none waits longer than the hashing of all of them explains. */
async function together<T>(work: (i: number) => Promise<Answer<T>>, hashes = 0) {
  const start = performance.now()
  const answers = await Promise.all(Array.from({ length: many }, (_, i) => work(i)))
  const time = performance.now() - start
  for (const { status, errors } of answers) expect([status, errors]).toEqual([200, []])
  expect(time - hashes * hashTime).toBeLessThan(5_000)
  return answers.map(({ data }) => data)
}

let person: Person
let hashTime: number
beforeAll(async () => {
  person = await registerPerson(app)
  const start = performance.now()
  await signIn(app, person)
  hashTime = performance.now() - start
})

it('register', { timeout: 60_000 }, async () => {
  const input = () => ({ email: newEmail(), password, username: newEmail().split('@')[0] })
  const data = await together(() => call(app, RegisterDocument, { input: input() }), many)
  const ids = data.map((one) => succeeded(one?.register).user.id)
  expect(await app.db.session.count({ where: { userId: { in: ids } } })).toBe(many)
})

it('register with one address', { timeout: 60_000 }, async () => {
  const input = { email: newEmail(), password }
  const data = await together(() => call(app, RegisterDocument, { input }), many)
  const names = data.map((one) => one?.register?.__typename)
  expect(names.filter((name) => name === 'AuthPayload')).toHaveLength(1)
  expect(await app.db.user.count({ where: { email: input.email } })).toBe(1)
})

it('login to one account', { timeout: 60_000 }, async () => {
  const input = { email: person.email, password }
  const data = await together(() => call(app, LoginDocument, { input }), many)
  const sessions = data.map((one) => succeeded(one?.login).session.id)
  expect(new Set(sessions).size).toBe(many)
})

it('login with a wrong password', { timeout: 60_000 }, async () => {
  const where = { type: 'LOGIN', success: false } as const
  const before = await app.db.auditEvent.count({ where })
  const input = { email: person.email, password: 'a wrong password' }
  await together(() => call(app, LoginDocument, { input }), many)
  expect(await app.db.auditEvent.count({ where })).toBe(before + many)
})

it('refresh of one session', async () => {
  const { refreshToken } = person
  const data = await together(() => call(app, RefreshDocument, { input: { refreshToken } }))
  const successors = data.map((one) => succeeded(one?.refresh).refreshToken)
  expect(new Set(successors).size).toBe(1)
})

it('refresh of a stolen token', async () => {
  app.clock.advance('31s')
  const { refreshToken } = person
  const data = await together(() => call(app, RefreshDocument, { input: { refreshToken } }))
  expect(data.map((one) => one?.refresh?.__typename)).not.toContain('AuthPayload')
  const type = 'REFRESH_TOKEN_REUSED'
  expect(await app.db.auditEvent.count({ where: { type } })).toBe(1)
})

it('logout of one session', async () => {
  const { refreshToken, sessionId } = await signIn(app, person)
  const data = await together(() => call(app, LogoutDocument, { input: { refreshToken } }))
  const ended = data.filter((one) => one?.logout?.sessionId)
  expect(ended).toEqual([{ logout: { sessionId } }])
  expect(await app.db.auditEvent.count({ where: { type: 'LOGOUT', sessionId } })).toBe(1)
})

describe('twenty at once, of one person', () => {
  // Of a deletion and of those that come after it, one is done.
  const outcomes: Record<string, string[]> = {
    deleteAccount: ['Deleted', 'UNAUTHENTICATED'],
    register: ['AuthPayload', 'EMAIL_TAKEN'],
  }

  it.each(mutationNames)('%s', { timeout: 60_000 }, async (name) => {
    const operation = await exampleOf(name, app, await registerPerson(app))
    const start = performance.now()
    const answers = await sendAllTogether(app, Array<Operation>(20).fill(operation))
    const time = performance.now() - start
    const words = tally(answers.map(outcomeOf))
    const [first, ...others] = outcomes[name] ?? []
    if (first === undefined)
      expect(Object.keys(words)).toEqual([expect.not.stringMatching(/^[A-Z_]+$/)])
    else expect(words).toEqual({ [first]: 1, [others.join()]: 19 })
    // A hash for the old password, the new one, and the repeat.
    expect(time - 3 * 20 * hashTime).toBeLessThan(5_000)
  })
})

it('everything at once', { timeout: 60_000 }, async () => {
  const sessions: Person[] = []
  for (let i = 0; i < 10; i += 1) sessions.push(await signIn(app, person))
  const access = sessions[0]?.accessToken
  const token = (i: number) => sessions[1 + (i % 9)]?.refreshToken ?? ''
  const kinds = [
    () => call(app, RegisterDocument, { input: { email: newEmail(), password } }),
    () => call(app, LoginDocument, { input: { email: person.email, password } }),
    (i: number) => call(app, RefreshDocument, { input: { refreshToken: token(i) } }),
    (i: number) => call(app, LogoutDocument, { input: { refreshToken: token(i) } }),
    () => call(app, '{ me { id sessions { totalCount nodes { id } } } }', {}, { token: access }),
  ] as const
  await together<unknown>((i) => kinds[(i % 5) as 0 | 1 | 2 | 3 | 4](i), many)
})
