import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { passwordChanged } from '../../../src/features/credentials/passwords/password-changed.email.js'
import { startApp } from '../../support/app/app.js'
import { newEmail, registerPerson } from '../../support/app/client.js'
import { onPostgres } from '../../support/database/database.js'
import { smtpError } from '../../support/mail/mailbox.js'
import { rowsFor, startRelay } from '../../support/processes/relay.js'

const relay = await startRelay()
const env = { SMTP_URL: relay.url, MAIL_FROM: 'no-reply@example.org' }
const app = await startApp({ env })
// Embedded there is one process: then it stands beside itself.
const other = onPostgres ? await startApp({ env, target: app.target, clock: app.clock }) : app
afterAll(async () => {
  if (other !== app) await other.close()
  await app.close()
  await relay.close()
})
beforeEach(() => app.deliver())
afterEach(relay.heal)

const { database, outbox } = app.app.services

it('two deliverers send a hundred messages once each', async () => {
  const recipients = Array.from({ length: 100 }, newEmail)
  await database.transaction(async (tx) => {
    for (const recipient of recipients) await outbox.put(tx, { kind: passwordChanged, recipient })
  })
  const before = relay.taken().length
  await Promise.all([app.deliver(), other.deliver(), app.deliver(), other.deliver()])
  const sent = relay.taken().slice(before)
  expect(sent.map(({ to }) => to).sort()).toEqual([...recipients].sort())
  expect(new Set(sent.map(({ id }) => id)).size).toBe(100)
  const where = { recipient: { in: recipients }, status: 'SENT', attempts: 1 } as const
  expect(await app.db.outboxMessage.count({ where })).toBe(100)
})

/** Holds the answer to the first try of a message back, until told otherwise. */
async function offerAndHold(email: string) {
  let release = () => undefined as unknown
  let tries = 0
  relay.holding(({ to }) => {
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

describe('a message that was handed over and not marked', () => {
  it('is left alone for two minutes, then sent again under its Message-ID, with the same link', async () => {
    const { email } = await registerPerson(app)
    const { first, answer } = await offerAndHold(email)
    app.clock.advance('110s')
    await other.deliver()
    expect(relay.to(email)).toHaveLength(1)
    app.clock.advance('11s')
    await other.deliver()
    const [one, two] = relay.to(email)
    expect(two).toMatchObject({ id: one?.id, token: one?.token })
    expect(await rowsFor(app, email)).toMatchObject([{ status: 'SENT', attempts: 2 }])
    answer()
    await first
  })

  // What the late one is told must not undo what became of the message meanwhile.
  it.each([
    ['taken', null],
    ['to wait', smtpError(451, 'later')],
    ['given up', smtpError(550, 'no such user')],
  ])(
    'is settled by whoever holds it: a late answer that it is %s changes nothing',
    async (_, late) => {
      const { email } = await registerPerson(app)
      relay.answer((stage) => (stage === 'data' ? late : null)) // asked for as the message comes
      const { first, answer } = await offerAndHold(email)
      relay.answer(() => null)
      app.clock.advance('121s')
      await other.deliver()
      const settled = await rowsFor(app, email)
      expect(settled).toMatchObject([{ status: 'SENT', attempts: 2, lastError: null }])
      answer()
      await first
      expect(await rowsFor(app, email)).toEqual(settled)
    },
  )

  it('and is not yet taken, goes out after all when the server is stopped meanwhile', async () => {
    const { email } = await registerPerson(app)
    const stop = new AbortController()
    let answer = () => undefined as unknown
    relay.holding(
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
    expect(await rowsFor(app, email)).toMatchObject([{ status: 'SENT', attempts: 1 }])
  })
})
