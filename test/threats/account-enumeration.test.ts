// A sign-in that answers differently for an address that nobody has tells an attacker who is a customer
// here, and whose password is worth guessing (OWASP Authentication Cheat Sheet; CVE-2025-22234 for passwords
// that are too long). Unknown, wrong, disabled and password-less accounts get the same bytes; the time is
// measured in account-enumeration-by-time.test.ts.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import { call, newEmail, registerPerson, succeeded, type Person } from '../support/app/client.js'
import { forwarded, newPlace, startLimitedApp } from '../support/app/limits.js'
import { seenBy } from '../support/app/look-alike.js'

const app = await startLimitedApp()
afterAll(app.close)

/** From a network that nobody used before: how far a budget of one's own is used up is nobody's secret. */
const login = (email: string, password: string, from = newPlace()) =>
  call(app, LoginDocument, { input: { email, password } }, { headers: forwarded(from) })

const look = async (email: string, password: string) => seenBy(await login(email, password))

// Failures of the test before delay nobody in the next one.
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

describe('a guess that is refused', () => {
  const everyone = () => [newEmail(), active.email, disabled.email, passwordless.email]

  it('gets one answer, however many failures there were', async () => {
    for (const failures of [5, 6, 7]) {
      const views = []
      for (const email of everyone()) {
        for (let i = 0; i < failures; i += 1) {
          await login(email, 'a wrong password')
          app.clock.advance('5s')
        }
        await login(email, 'a wrong password')
        const view = await look(email, 'a wrong password')
        expect(view.text).toContain('RATE_LIMITED')
        views.push(view)
      }
      for (const view of views) expect(view).toEqual(views[0])
      app.clock.advance('25h')
    }
  })

  it('gets one answer from a network whose own budget is used up', async () => {
    const views = []
    for (const email of everyone()) {
      const from = newPlace()
      for (let i = 0; i < 20; i += 1) await login(newEmail(), 'w'.repeat(300), from)
      const view = seenBy(await login(email, 'a wrong password', from))
      expect(view.text).toContain('RATE_LIMITED')
      views.push(view)
    }
    for (const view of views) expect(view).toEqual(views[0])
  })

  it('gets the answer of a wrong one after a hundred failures, as an unknown address does', async () => {
    const looks = []
    for (const { email, password } of [active, { email: newEmail(), password: 'anything' }]) {
      await login(email, 'a wrong password')
      await app.db.guessCount.updateMany({ data: { failures: 100 } })
      looks.push(await look(email, password))
    }
    expect(looks[0]?.text).toContain('INVALID_CREDENTIALS')
    expect(looks[1]).toEqual(looks[0])
    await app.db.guessCount.deleteMany()
  })
})

it('leaves the same traces in the log, and no session', async () => {
  const sessions = await app.db.session.count()
  const lines = app.logLines.length
  const from = newPlace()
  for (const email of [newEmail(), active.email, disabled.email]) {
    await login(email, 'a wrong password', from)
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
