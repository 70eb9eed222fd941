// The audit log contains network addresses of people who may have deleted their account since. So the default retention
// is limited.
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

  it('is removed after 400 days, also if the account was deleted', async () => {
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

  it('is removed in one run together with 1,200 others', async () => {
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
  'with AUDIT_RETENTION=%s, the number of events after %i days is %i',
  async (setting, days, remaining) => {
    const app = await start({ env: { AUDIT_RETENTION: setting } })
    await registerPerson(app)
    app.clock.advance(`${days}d`)
    await runCleanUpJob(app)
    expect(await app.db.auditEvent.count()).toBe(remaining)
  },
)
