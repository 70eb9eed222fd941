// Two people and one address, or one person and two buttons, at the same moment (CWE-367): one of them is first, the
// other gets the answer that fits, and no address ever has two owners.
import { afterAll, describe, expect, it } from 'vitest'
import {
  ConfirmEmailChangeDocument,
  RegisterDocument,
  RejectEmailChangeDocument,
} from '@latchkey/client/operations'
import { startApp, type TestApp } from '../support/app/app.js'
import { call, goodPassword, newEmail, registerPerson, signIn } from '../support/app/client.js'
import { onPostgres, rawClient } from '../support/database/database.js'
import { askedChange, madeChange } from '../support/mail/email-changes.js'
import { outcomeOf, tally } from '../support/app/limits.js'
import { confirmBy, rejectBy, verifyBy, wordOf } from '../support/mail/link-words.js'
import { mailTo, tokenFor } from '../support/mail/mail.js'
import { sendTogether } from '../support/app/send-together.js'
import { auditOf } from '../support/database/watch.js'
import { waitingForLocks } from '../support/database/waiting-for-locks.js'

const times = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i))
/** Somebody who proved to read their address: only such an address stays reserved. */
async function registerVerified(app: TestApp, email = newEmail()) {
  const person = await registerPerson(app, email)
  expect(await verifyBy(app, await tokenFor(app, email), person.password)).toBe('User')
  return person
}

const registerAt = async (app: TestApp, email: string) =>
  outcomeOf(await call(app, RegisterDocument, { input: { email, password: goodPassword } }))

describe.skipIf(!onPostgres)('on PostgreSQL (the embedded database has one session)', async () => {
  if (!onPostgres) return
  const app = await startApp({ env: { ARGON2_QUEUE: '1000' } })
  afterAll(app.close)

  const eventsOf = async (id: string, type: string) =>
    (await auditOf(app, id)).filter((event) => event.type === type && event.success).length

  it('20 rejections of one pending change: one cancels it, all get its answer', async () => {
    const { person, rejectToken: token } = await askedChange(app)
    const input = { token, confirmEmail: person.email }
    const answers = await sendTogether(
      app,
      RejectEmailChangeDocument,
      times(20, () => ({ input })),
    )
    expect(tally(answers.map((data) => wordOf(data?.rejectEmailChange)))).toEqual({
      MailRequested: 20,
    })
    expect(await eventsOf(person.id, 'EMAIL_CHANGE_REJECTED')).toBe(1)
    const kinds = (await mailTo(app, person.email)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'RESET_PASSWORD')).toHaveLength(1)
  })

  it(
    '8 undoings of one change: one undoes it, all get its answer',
    { timeout: 20_000 },
    async () => {
      const { person, undoToken: token } = await madeChange(app)
      const input = { token, confirmEmail: person.email, password: goodPassword }
      const answers = await sendTogether(
        app,
        RejectEmailChangeDocument,
        times(8, () => ({ input })),
      )
      expect(tally(answers.map((data) => wordOf(data?.rejectEmailChange)))).toEqual({
        MailRequested: 8,
      })
      expect(await eventsOf(person.id, 'EMAIL_CHANGE_UNDONE')).toBe(1)
      const kinds = (await mailTo(app, person.email)).map(({ kind }) => kind)
      expect(kinds.filter((kind) => kind === 'EMAIL_CHANGE_UNDONE')).toHaveLength(1)
    },
  )

  it(
    'a confirmation and a rejection: one is first, and the other fits',
    { timeout: 30_000 },
    async () => {
      for (let i = 0; i < 6; i += 1) {
        const { person, to, confirmToken, rejectToken: token } = await askedChange(app)
        const session = { token: person.accessToken, password: null }
        const [confirmed, rejected] = await Promise.all([
          confirmBy(app, confirmToken, session),
          rejectBy(app, { token, confirmEmail: person.email }),
        ])
        const { email } = await app.db.user.findUniqueOrThrow({ where: { id: person.id } })
        const all = [confirmed, rejected, email]
        // Refused for its session, its link, or because it takes the password by now.
        if (confirmed === 'User') expect(all).toEqual(['User', 'INVALID_CREDENTIALS', to])
        else {
          expect(['INVALID_TOKEN', 'INVALID_CREDENTIALS']).toContain(confirmed)
          expect(all.slice(1)).toEqual(['MailRequested', person.email])
        }
      }
    },
  )

  it('a rejection with the password that waits for the confirmation undoes it', async () => {
    const { person, confirmToken, rejectToken: token } = await askedChange(app)
    const other = await rawClient(app.target)
    try {
      await other.query('BEGIN')
      await other.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [person.id])
      const session = { token: person.accessToken, password: null }
      const confirming = confirmBy(app, confirmToken, session)
      await waitingForLocks(other, 1)
      const input = { token, confirmEmail: person.email, password: goodPassword }
      const rejecting = rejectBy(app, input)
      await waitingForLocks(other, 2)
      await other.query('COMMIT')
      expect([await confirming, await rejecting]).toEqual(['User', 'MailRequested'])
    } finally {
      await other.end()
    }
    const row = await app.db.user.findUniqueOrThrow({ where: { id: person.id } })
    expect(row.email).toBe(person.email)
  })

  it('who registers an address while its owner moves away finds it reserved', async () => {
    const { person, to, confirmToken } = await askedChange(app, await registerVerified(app))
    const holder = await rawClient(app.target)
    try {
      // The confirmation has moved the address and waits for a session that it ends; nothing is committed.
      const { sessionId } = await signIn(app, person)
      await holder.query('BEGIN')
      await holder.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [sessionId])
      const session = { token: person.accessToken, password: null }
      const confirming = confirmBy(app, confirmToken, session)
      await waitingForLocks(holder, 1)
      const registering = registerAt(app, person.email)
      await waitingForLocks(holder, 2)
      await holder.query('COMMIT')
      expect([await confirming, await registering]).toEqual(['User', 'EMAIL_TAKEN'])
    } finally {
      await holder.end()
    }
    const rows = await app.db.user.findMany({ where: { email: { in: [person.email, to] } } })
    expect(rows.map(({ id, email }) => [id, email])).toEqual([[person.id, to]])
    expect(await app.db.passwordCredential.count()).toBe(await app.db.user.count())
  })

  it('who confirms an address while its owner moves away finds it reserved', async () => {
    // The second person asked for the address before the first one had it.
    const address = newEmail()
    const mover = await askedChange(app, undefined, address)
    const passer = await registerVerified(app, address)
    const away = await askedChange(app, passer)
    const holder = await rawClient(app.target)
    try {
      const { sessionId } = await signIn(app, passer)
      await holder.query('BEGIN')
      await holder.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [sessionId])
      const session = { token: passer.accessToken, password: null }
      const leaving = confirmBy(app, away.confirmToken, session)
      await waitingForLocks(holder, 1)
      const arriving = confirmBy(app, mover.confirmToken)
      await waitingForLocks(holder, 2)
      await holder.query('COMMIT')
      expect([await leaving, await arriving]).toEqual(['User', 'INVALID_TOKEN'])
    } finally {
      await holder.end()
    }
    expect(await app.db.user.count({ where: { email: address } })).toBe(0)
  })

  it(
    'of several who move to one address, and one who registers it, one has it',
    { timeout: 30_000 },
    async () => {
      const address = newEmail()
      const movers = []
      for (let i = 0; i < 4; i += 1) movers.push(await askedChange(app, undefined, address))
      const [answers, registered] = await Promise.all([
        sendTogether(
          app,
          ConfirmEmailChangeDocument,
          movers.map(({ confirmToken: token }) => ({ input: { token, password: goodPassword } })),
        ),
        registerAt(app, address),
      ])
      const words = [...answers.map((data) => wordOf(data?.confirmEmailChange)), registered]
      const won = words.filter((word) => word === 'User' || word === 'AuthPayload')
      expect([won.length, words.length]).toEqual([1, 5])
      expect(words.filter((word) => /^(INVALID_TOKEN|EMAIL_TAKEN)$/.test(word))).toHaveLength(4)
      expect(await app.db.user.count({ where: { email: address } })).toBe(1)
    },
  )

  it('of several requests of one account one is pending, and only its link confirms', async () => {
    const person = await registerPerson(app)
    const tokens = await Promise.all(
      times(5, async () => (await askedChange(app, person).catch(() => null))?.confirmToken),
    )
    const where = { userId: person.id, confirmedAt: null, cancelledAt: null }
    expect(await app.db.emailChange.count({ where })).toBe(1)
    const words = []
    for (const token of tokens) if (token) words.push(await confirmBy(app, token))
    expect(words.filter((word) => word === 'User').length).toBeLessThanOrEqual(1)
  })
})
