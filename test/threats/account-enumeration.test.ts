// A sign-in that answers differently for an unknown address reveals the customers, and which passwords are worth
// guessing. See OWASP Authentication Cheat Sheet, and CVE-2025-22234 for passwords that are too long. Unknown, wrong,
// disabled and password-less accounts get the same bytes. test/alone/account-enumeration-timing.test.ts measures the
// time.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import {
  call,
  newEmail,
  registerPerson,
  getAuthPayload,
  type Person,
} from '../support/app/client.js'
import { forwardedFor, newIp, startRateLimitedApp } from '../support/app/rate-limits.js'
import { clientViewOf } from '../support/app/client-view.js'

const app = await startRateLimitedApp()
afterAll(app.close)

/** From a new network, because the use of a client's own budget is not secret. */
const login = (email: string, password: string, ip = newIp()) =>
  call(app, LoginDocument, { input: { email, password } }, { headers: forwardedFor(ip) })

const loginView = async (email: string, password: string) =>
  clientViewOf(await login(email, password))

// Failures of one test must not delay the next test.
beforeEach(() => {
  app.clock.advance('61m')
})

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
  it('gets one answer, whether or not the account exists', async () => {
    const unknown = await loginView(newEmail(), password)
    expect(unknown.status).toBe(200)
    expect(JSON.parse(unknown.text)).toMatchObject({
      data: { login: { __typename: 'AuthError', code: 'INVALID_CREDENTIALS', problems: [] } },
    })
    expect(await loginView(active.email, password)).toEqual(unknown)
    expect(await loginView(active.email.toUpperCase(), password)).toEqual(unknown)
    expect(await loginView(disabled.email, password)).toEqual(unknown)
    expect(await loginView(passwordless.email, password)).toEqual(unknown)
    expect(await loginView('no address', password)).toEqual(unknown)
  })
})

describe('a refused guess', () => {
  const everyone = () => [newEmail(), active.email, disabled.email, passwordless.email]

  it('gets one answer after any number of failures', async () => {
    for (const failures of [5, 6, 7]) {
      const views = []
      for (const email of everyone()) {
        for (let i = 0; i < failures; i += 1) {
          await login(email, 'a wrong password')
          app.clock.advance('5s')
        }
        await login(email, 'a wrong password')
        const view = await loginView(email, 'a wrong password')
        expect(view.text).toContain('RATE_LIMITED')
        views.push(view)
      }
      for (const view of views) expect(view).toEqual(views[0])
      app.clock.advance('25h')
    }
  })

  it('gets one answer from a network that has used up its own budget', async () => {
    const views = []
    for (const email of everyone()) {
      const ip = newIp()
      for (let i = 0; i < 20; i += 1) await login(newEmail(), 'w'.repeat(300), ip)
      const view = clientViewOf(await login(email, 'a wrong password', ip))
      expect(view.text).toContain('RATE_LIMITED')
      views.push(view)
    }
    for (const view of views) expect(view).toEqual(views[0])
  })

  it('gets the answer for a wrong password after a hundred failures, as an unknown address does', async () => {
    const views = []
    for (const { email, password } of [active, { email: newEmail(), password: 'anything' }]) {
      await login(email, 'a wrong password')
      await app.db.guessCount.updateMany({ data: { failures: 100 } })
      views.push(await loginView(email, password))
    }
    expect(views[0]?.text).toContain('INVALID_CREDENTIALS')
    expect(views[1]).toEqual(views[0])
    await app.db.guessCount.deleteMany()
  })
})

it('leaves the same traces in the log, and no session', async () => {
  const sessions = await app.db.session.count()
  const lines = app.logLines.length
  const ip = newIp()
  for (const email of [newEmail(), active.email, disabled.email]) {
    await login(email, 'a wrong password', ip)
  }
  const traces = app.logLines.slice(lines).map((line) => {
    const { time, requestId, ms, ...rest } = JSON.parse(line) as Record<string, unknown>
    return [typeof time, typeof requestId, typeof ms, rest]
  })
  expect(traces).toHaveLength(3)
  expect(traces[1]).toEqual(traces[0])
  expect(traces[2]).toEqual(traces[0])
  expect(await app.db.session.count()).toBe(sessions)
})

it('only the audit log names the account and the failure', async () => {
  const [before, unknown] = [await app.db.auditEvent.count(), newEmail()]
  await login(unknown, 'a wrong password')
  await login(active.email, 'a wrong password')
  const events = await app.db.auditEvent.findMany({ orderBy: { id: 'asc' }, skip: before })
  expect(events).toMatchObject([
    { type: 'LOGIN', success: false, targetId: null, actorId: null, sessionId: null },
    { type: 'LOGIN', success: false, targetId: active.id, actorId: null, sessionId: null },
  ])
})

it('a client with the right password learns that an account is disabled', async () => {
  const { data } = await login(disabled.email, disabled.password)
  expect(data?.login).toMatchObject({ code: 'ACCOUNT_DISABLED' })
  const right = await login(active.email, active.password)
  expect(getAuthPayload(right.data?.login).user.id).toBe(active.id)
})
