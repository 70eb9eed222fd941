// A sign-in that answers differently for an address that nobody has tells an attacker who is a customer
// here, and whose password is worth guessing (OWASP Authentication Cheat Sheet; CVE-2025-22234 for passwords
// that are too long). Unknown, wrong, disabled and password-less accounts get the same bytes; the time is
// measured in account-enumeration-by-time.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LoginDocument } from '../../src/generated/operations.js'
import { startApp } from '../support/app.js'
import { call, newEmail, registerPerson, succeeded, type Person } from '../support/client.js'

const app = await startApp()
afterAll(app.close)

const login = (email: string, password: string) =>
  call(app, LoginDocument, { input: { email, password } })

// How far the client's own address is in its budget differs between any two, as they do.
const ownToRequest = /^(date|x-request-id|ratelimit-remaining|ratelimit-reset)$/

/** All that a client sees, but for what differs between any two requests. */
async function look(email: string, password: string) {
  const { status, headers, text } = await login(email, password)
  const told = [...headers].filter(([name]) => !ownToRequest.test(name))
  return { status, text, told }
}

let active: Person
let disabled: Person
let passwordless: Person
beforeAll(async () => {
  active = await registerPerson(app)
  disabled = await registerPerson(app)
  const disabledAt = app.clock.now()
  await app.db.user.update({ where: { id: disabled.id }, data: { disabledAt } })
  passwordless = await registerPerson(app)
  await app.db.passwordCredential.delete({ where: { userId: passwordless.id } })
})

describe.each([
  ['an ordinary one', 'a wrong password'],
  ['an empty one', ''],
  ['one of 73 bytes', 'w'.repeat(73)],
  ['the longest', '𝕨'.repeat(256)],
  ['one character too long', 'w'.repeat(257)],
  ['one of a kilobyte', 'w'.repeat(1_024)],
  ['one byte more than that', 'w'.repeat(1_025)],
  ['one of 50 kB', 'w'.repeat(50_000)],
])('a wrong password: %s', (_, password) => {
  it('gets one answer, whether or not there is such an account', async () => {
    const unknown = await look(newEmail(), password)
    expect(unknown.status).toBe(200)
    expect(JSON.parse(unknown.text)).toMatchObject({
      data: { login: { __typename: 'AuthError', code: 'INVALID_CREDENTIALS', problems: [] } },
    })
    expect(await look(active.email, password)).toEqual(unknown)
    expect(await look(active.email.toUpperCase(), password)).toEqual(unknown)
    expect(await look(disabled.email, password)).toEqual(unknown)
    expect(await look(passwordless.email, password)).toEqual(unknown)
    expect(await look('no address', password)).toEqual(unknown)
  })
})

it('leaves the same traces in the log, and no session', async () => {
  const sessions = await app.db.session.count()
  const lines = app.logLines.length
  await login(newEmail(), 'a wrong password')
  await login(active.email, 'a wrong password')
  await login(disabled.email, 'a wrong password')
  const traces = app.logLines.slice(lines).map((line) => {
    const { time, requestId, ms, ...rest } = JSON.parse(line) as Record<string, unknown>
    return [typeof time, typeof requestId, typeof ms, rest]
  })
  expect(traces).toHaveLength(3)
  expect(traces[1]).toEqual(traces[0])
  expect(traces[2]).toEqual(traces[0])
  expect(await app.db.session.count()).toBe(sessions)
})

it('is told to the audit log alone: whose account it was, and that it failed', async () => {
  const [before, unknown] = [await app.db.auditEvent.count(), newEmail()]
  await login(unknown, 'a wrong password')
  await login(active.email, 'a wrong password')
  const events = await app.db.auditEvent.findMany({ orderBy: { id: 'asc' }, skip: before })
  expect(events).toMatchObject([
    { type: 'LOGIN', success: false, targetId: null, actorId: null, sessionId: null },
    { type: 'LOGIN', success: false, targetId: active.id, actorId: null, sessionId: null },
  ])
})

it('says that an account is disabled to those who know its password', async () => {
  const { data } = await login(disabled.email, disabled.password)
  expect(data?.login).toMatchObject({ code: 'ACCOUNT_DISABLED' })
  const right = await login(active.email, active.password)
  expect(succeeded(right.data?.login).user.id).toBe(active.id)
})
