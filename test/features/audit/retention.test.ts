// The audit log keeps network addresses of people, who may have deleted their account since: not for ever, unless an
// operator says so.
import { afterAll, describe, expect, it } from 'vitest'
import { DeleteAccountDocument } from '@latchkey/client/operations'
import { newId } from '../../../src/platform/crypto/ids.js'
import { startApp, type TestApp, type TestAppOptions } from '../../support/app/app.js'
import { call, registerPerson, signIn } from '../../support/app/client.js'

const start = async (options?: TestAppOptions) => {
  const app = await startApp(options)
  afterAll(app.close)
  return app
}

const runCleanUpJob = async ({ app }: TestApp) => {
  const job = app.services.jobs.find(({ name }) => name === 'remove old audit events')
  await job?.run(new AbortController().signal)
}

const eventTypesIn = async ({ db }: TestApp) =>
  (await db.auditEvent.findMany({ orderBy: { id: 'asc' } })).map(({ type }) => type)

describe('an audit event', async () => {
  const app = await start({ env: { SESSION_MAX_AGE: '400d', REFRESH_IDLE_TTL: '400d' } })

  it('is kept for 400 days, and no day longer, also of an account that is gone', async () => {
    const person = await registerPerson(app)
    app.clock.advance('1d')
    const { accessToken: token } = await signIn(app, person)
    const input = { confirmEmail: person.email }
    await call(app, DeleteAccountDocument, { input }, { token })
    app.clock.advance('398d')
    await runCleanUpJob(app)
    expect(await eventTypesIn(app)).toEqual(['USER_REGISTERED', 'LOGIN', 'USER_DELETED'])
    app.clock.advance('1d')
    app.clock.advance('1m')
    await runCleanUpJob(app)
    expect(await eventTypesIn(app)).toEqual(['LOGIN', 'USER_DELETED'])
    app.clock.advance('1d')
    await runCleanUpJob(app)
    expect(await eventTypesIn(app)).toEqual([])
  })

  it('goes in one run with 1,200 others', async () => {
    const occurredAt = app.clock.now()
    await app.db.auditEvent.createMany({
      data: Array.from({ length: 1_200 }, () => {
        const id = newId(app.clock)
        return { id, type: 'LOGIN' as const, occurredAt, success: true, ipAddress: '192.0.2.1' }
      }),
    })
    app.clock.advance('401d')
    const { email } = await registerPerson(app)
    await runCleanUpJob(app)
    expect(await eventTypesIn(app)).toEqual(['USER_REGISTERED'])
    expect(await app.db.user.count({ where: { email } })).toBe(1)
  })
})

it.each([
  ['30d', 29, 1],
  ['30d', 31, 0],
  ['0', 5_000, 1],
] as const)(
  'with AUDIT_RETENTION=%s there are after %i days: %i',
  async (setting, days, remaining) => {
    const app = await start({ env: { AUDIT_RETENTION: setting } })
    await registerPerson(app)
    app.clock.advance(`${days}d`)
    await runCleanUpJob(app)
    expect(await app.db.auditEvent.count()).toBe(remaining)
  },
)
