import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  RegisterDocument,
  RequestPasswordResetDocument,
  ResetPasswordDocument,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  newEmail,
  registerPerson,
} from '../../support/app/client.js'
import { smtpError } from '../../support/mail/mailbox.js'
import {
  createRefusal,
  findEmailJobs,
  runJob,
  startRelay,
} from '../../support/processes/smtp-relay.js'
import { readAllRows } from '../../support/database/all-rows.js'
import { trackChanges } from '../../support/database/track-changes.js'

const relay = await startRelay()
const env = { SMTP_URL: relay.url, MAIL_FROM: 'Example <no-reply@example.org>' }
const app = await startApp({ env })
afterAll(async () => {
  await app.close()
  await relay.close()
})
beforeEach(() => app.deliver()) // the rows of the previous test
afterEach(relay.reset)

const askForReset = (email: string) => call(app, RequestPasswordResetDocument, { input: { email } })
const reset = async (token: string) => {
  const input = { token, newPassword: 'another horse, another battery' }
  const { data } = await call(app, ResetPasswordDocument, { input })
  return data?.resetPassword
}

describe('an e-mail is enqueued in the transaction of its cause', () => {
  it('and is not enqueued if the cause is refused', async () => {
    const password = goodPassword
    const first = { email: newEmail(), password, username: 'ada' }
    await call(app, RegisterDocument, { input: first })
    for (const input of [
      { email: newEmail(), password, username: 'ada' },
      { email: first.email, password },
      { email: newEmail(), password: 'short' },
    ]) {
      const { result, touched } = await trackChanges(app, () =>
        call(app, RegisterDocument, { input }),
      )
      getAuthError(result.data?.register)
      expect(touched).toEqual([])
    }
  })

  // A registration writes the audit event last, directly after the e-mail.
  it.each(['audit_events', 'outbox_messages'])(
    'and neither exists if %s cannot be written',
    async (table) => {
      await app.db.$executeRawUnsafe(
        `ALTER TABLE ${table} ADD CONSTRAINT refusing CHECK (false) NOT VALID`,
      )
      const input = { email: newEmail(), password: goodPassword }
      const work = () => call(app, RegisterDocument, { input })
      const { result, touched } = await trackChanges(app, work)
      await app.db.$executeRawUnsafe(`ALTER TABLE ${table} DROP CONSTRAINT refusing`)
      expect(result.errors[0]?.extensions['code']).toBe('INTERNAL_SERVER_ERROR')
      expect(touched).toEqual([])
    },
  )

  it('and is sent once, to one address', async () => {
    const { email } = await registerPerson(app)
    await app.deliver()
    await app.deliver()
    const [row] = await findEmailJobs(app, email)
    expect(row).toMatchObject({ kind: 'VERIFY_EMAIL', status: 'SENT', attempts: 1 })
    expect(relay.to(email)).toHaveLength(1)
  })
})

describe('while the delivery of an e-mail hangs', () => {
  it('registration still works, and the server can be stopped', async () => {
    const busy = await startApp({ env, jobs: 'background' })
    await relay.setMode('silent')
    const before = relay.connections()
    const { email } = await registerPerson(busy)
    await vi.waitUntil(() => relay.connections() > before, { timeout: 5_000 })
    await registerPerson(busy)
    const [row] = await findEmailJobs(busy, email)
    expect(row).toMatchObject({ status: 'WAITING', attempts: 1, lastError: null })

    const closing = busy.close().then(() => 'stopped')
    await relay.setMode('closed') // aborts the pending delivery
    expect(await Promise.race([closing, sleep(4_000, 'still there')])).toBe('stopped')
  })
})

it('e-mails to one recipient stay in order and delay no other recipient', async () => {
  const [one, other] = [await registerPerson(app), await registerPerson(app)]
  await askForReset(one.email)
  relay.setRefusal(createRefusal(one.email, 'rcpt', 450, 'mailbox busy'))
  await app.deliver()
  expect(relay.to(other.email)).toHaveLength(1)
  expect(relay.to(one.email)).toEqual([])
  const rows = await findEmailJobs(app, one.email)
  expect(rows.map(({ attempts }) => attempts)).toEqual([1, 0])

  await relay.reset()
  app.clock.advance('16s')
  await app.deliver()
  expect((await findEmailJobs(app, one.email)).map(({ status }) => status)).toEqual([
    'SENT',
    'SENT',
  ])
  const ids = relay.to(one.email).map(({ id }) => id)
  expect(ids).toEqual(rows.map(({ id }) => `<${id}@example.org>`))
})

describe('every try of an e-mail', () => {
  it('has the same Message-ID, and the same link until half of its lifetime is over', async () => {
    const { email } = await registerPerson(app)
    await app.deliver()
    await askForReset(email)
    relay.setRefusal(createRefusal(email, 'data', 451, 'later'))
    for (const span of ['0s', '14m', '2m'] as const) {
      app.clock.advance(span)
      await app.deliver()
    }
    const [, first, second, third] = relay.to(email)
    expect(second).toMatchObject({ id: first?.id, token: first?.token })
    expect(third?.id).toBe(first?.id)
    expect(third?.token).not.toBe(first?.token)
    expect(getAuthError(await reset(first?.token ?? '')).code).toBe('INVALID_TOKEN')
    expect(await reset(third?.token ?? '')).toMatchObject({ __typename: 'User', email })
  })

  it.each([
    ['sent', null],
    ['given up', smtpError(550, 'no such user')],
  ])(
    'reads the sealed link from the row, which is deleted once the e-mail is %s',
    async (_, refusal) => {
      const { email } = await registerPerson(app)
      relay.setRefusal((stage) => (stage === 'data' ? smtpError(451, 'later') : null))
      await app.deliver()
      const [waiting] = await findEmailJobs(app, email)
      expect(waiting).toMatchObject({
        status: 'WAITING',
        lastError: expect.stringContaining('451 later') as string,
      })
      expect(waiting?.sealedToken).toMatch(/^eyJ[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/)
      relay.setRefusal((stage) => (stage === 'data' ? refusal : null))
      app.clock.advance('16s')
      await app.deliver()
      const [finished] = await findEmailJobs(app, email)
      expect(finished).toMatchObject({ status: refusal ? 'DEAD' : 'SENT', sealedToken: null })
      const { token } = relay.to(email)[0] ?? {}
      expect(token).toHaveLength(43)
      expect((await readAllRows(app)).join()).not.toContain(token)
    },
  )
})

it('sent e-mails are deleted after 7 days, and dead letters after 30', async () => {
  const [sent, dead] = [await registerPerson(app), await registerPerson(app)]
  relay.setRefusal(createRefusal(dead.email, 'rcpt', 550, 'no such user'))
  await app.deliver()
  const remaining = async () => {
    await runJob(app, 'remove old messages')
    return [
      (await findEmailJobs(app, sent.email)).length,
      (await findEmailJobs(app, dead.email)).length,
    ]
  }
  app.clock.advance('6d')
  expect(await remaining()).toEqual([1, 1])
  app.clock.advance('2d')
  expect(await remaining()).toEqual([0, 1])
  app.clock.advance('21d')
  expect(await remaining()).toEqual([0, 1])
  app.clock.advance('2d')
  expect(await remaining()).toEqual([0, 0])
})
