import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { passwordChangedEmail } from '../../../src/features/password-changes/password-changed.email.js'
import { startApp } from '../../support/app/app.js'
import { newEmail, registerPerson } from '../../support/app/client.js'
import { usesPostgres } from '../../support/database/database.js'
import { smtpError } from '../../support/mail/mailbox.js'
import { findEmailJobs, startRelay } from '../../support/processes/smtp-relay.js'

const relay = await startRelay()
const env = { SMTP_URL: relay.url, MAIL_FROM: 'no-reply@example.org' }
const app = await startApp({ env })
// The embedded database allows one process. Then the second deliverer runs in the same process.
const otherReplica = usesPostgres
  ? await startApp({ env, target: app.target, clock: app.clock })
  : app
afterAll(async () => {
  if (otherReplica !== app) await otherReplica.close()
  await app.close()
  await relay.close()
})
beforeEach(() => app.deliver())
afterEach(relay.reset)

const { database, outbox } = app.app.services

it('two deliverers send each of a hundred e-mails once', async () => {
  const recipients = Array.from({ length: 100 }, newEmail)
  await database.transaction(async (tx) => {
    for (const recipient of recipients)
      await outbox.enqueue(tx, { kind: passwordChangedEmail, recipient })
  })
  const before = relay.accepted().length
  await Promise.all([app.deliver(), otherReplica.deliver(), app.deliver(), otherReplica.deliver()])
  const sent = relay.accepted().slice(before)
  expect(sent.map(({ to }) => to).sort()).toEqual([...recipients].sort())
  expect(new Set(sent.map(({ id }) => id)).size).toBe(100)
  const where = { recipient: { in: recipients }, status: 'SENT', attempts: 1 } as const
  expect(await app.db.outboxMessage.count({ where })).toBe(100)
})

/** Delays the answer to the first try of an e-mail until the test releases it. */
async function deliverAndHold(email: string) {
  let release = () => undefined as unknown
  let tries = 0
  relay.setHold(({ to }) => {
    if (to !== email || (tries += 1) > 1) return
    return new Promise<void>(
      (resolve) =>
        (release = () => {
          resolve()
        }),
    )
  })
  const first = app.deliver()
  await vi.waitUntil(() => relay.to(email).length === 1)
  return { first, answer: () => release() }
}

describe('an e-mail that the relay accepted but that is not marked', () => {
  it('is sent again after two minutes with the same Message-ID and link', async () => {
    const { email } = await registerPerson(app)
    const { first, answer } = await deliverAndHold(email)
    app.clock.advance('110s')
    await otherReplica.deliver()
    expect(relay.to(email)).toHaveLength(1)
    app.clock.advance('11s')
    await otherReplica.deliver()
    const [one, two] = relay.to(email)
    expect(two).toMatchObject({ id: one?.id, token: one?.token })
    expect(await findEmailJobs(app, email)).toMatchObject([{ status: 'SENT', attempts: 2 }])
    answer()
    await first
  })

  // A late answer must not change the current state of the e-mail.
  it.each([
    ['taken', null],
    ['to wait', smtpError(451, 'later')],
    ['given up', smtpError(550, 'no such user')],
  ])(
    'is settled by the current claim: a late answer that it is %s changes nothing',
    async (_, late) => {
      const { email } = await registerPerson(app)
      relay.setRefusal((stage) => (stage === 'data' ? late : null)) // requested when the e-mail arrives
      const { first, answer } = await deliverAndHold(email)
      relay.setRefusal(() => null)
      app.clock.advance('121s')
      await otherReplica.deliver()
      const settled = await findEmailJobs(app, email)
      expect(settled).toMatchObject([{ status: 'SENT', attempts: 2, lastError: null }])
      answer()
      await first
      expect(await findEmailJobs(app, email)).toEqual(settled)
    },
  )

  it('is sent even if the server stops during the delivery', async () => {
    const { email } = await registerPerson(app)
    const stop = new AbortController()
    let answer = () => undefined as unknown
    relay.setHold(
      () =>
        new Promise<void>(
          (resolve) =>
            (answer = () => {
              resolve()
            }),
        ),
    )
    const run = app.app.services.deliverer.deliverDue(stop.signal)
    await vi.waitUntil(() => relay.to(email).length === 1)
    stop.abort()
    answer()
    await run
    expect(await findEmailJobs(app, email)).toMatchObject([{ status: 'SENT', attempts: 1 }])
  })
})
