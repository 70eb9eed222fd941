// A link that may be used once is used thirty times at the same moment: where looking and using up are two steps, each
// of the racers finds it unused (CWE-367; PortSwigger, "Smashing the state machine", single-use tokens). One
// conditional statement is the verdict: one wins, and what the others wanted is not done. Racers that want what the
// winner got, and can prove as much, are told so; nothing is done a second time.
import { afterAll, describe, expect, it, vi } from 'vitest'
import {
  ChangePasswordDocument,
  ConfirmEmailChangeDocument,
  LoginDocument,
  ResetPasswordDocument,
  VerifyEmailDocument,
} from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, newEmail, registerPerson } from '../support/app/client.js'
import { onPostgres, rawClient } from '../support/database/database.js'
import { outcomeOf, tally } from '../support/app/limits.js'
import { confirmBy, requestChange, resetBy, wordOf } from '../support/mail/link-words.js'
import { askForReset } from '../support/mail/mailed-links.js'
import { mailTo, tokenFor } from '../support/mail/mail.js'
import { sendTogether } from '../support/app/send-together.js'
import { auditOf } from '../support/database/watch.js'

const times = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i))

/** The kinds of what was sent to an address, from now on. */
const noticesTo = (
  app: Awaited<ReturnType<typeof startApp>>,
  address: string,
  kind: 'PASSWORD_CHANGED' | 'EMAIL_CHANGED' | 'EMAIL_CHANGE_CONFIRMED',
) => mailTo(app, address).then((mails) => mails.filter((mail) => mail.kind === kind).length)

describe.skipIf(!onPostgres)('on PostgreSQL (the embedded database has one session)', async () => {
  if (!onPostgres) return
  const app = await startApp()
  afterAll(app.close)

  it('30 resets by one link: one sets its password', { timeout: 20_000 }, async () => {
    const person = await registerPerson(app)
    await askForReset(app, person.email)
    const token = await tokenFor(app, person.email)
    const passwords = times(30, (i) => `the password of racer ${i}`)
    const answers = await sendTogether(
      app,
      ResetPasswordDocument,
      passwords.map((newPassword) => ({ input: { token, newPassword } })),
    )
    const words = answers.map((data) => wordOf(data?.resetPassword))
    expect(tally(words)).toEqual({ User: 1, INVALID_TOKEN: 29 })

    const signIns = await Promise.all(
      passwords.map(async (password) =>
        outcomeOf(await call(app, LoginDocument, { input: { email: person.email, password } })),
      ),
    )
    expect(signIns).toEqual(
      words.map((word) => (word === 'User' ? 'AuthPayload' : 'INVALID_CREDENTIALS')),
    )
    expect(await noticesTo(app, person.email, 'PASSWORD_CHANGED')).toBe(1)
    const events = await auditOf(app, person.id)
    expect(events.filter(({ type }) => type === 'PASSWORD_RESET')).toHaveLength(1)
  })

  it('20 resets by one link to one password: one is done, and all get its answer', async () => {
    const person = await registerPerson(app)
    await askForReset(app, person.email)
    const token = await tokenFor(app, person.email)
    const credential = { where: { userId: person.id } }
    const before = await app.db.passwordCredential.findUniqueOrThrow(credential)
    const newPassword = 'one password for all racers'
    const answers = await sendTogether(
      app,
      ResetPasswordDocument,
      times(20, () => ({ input: { token, newPassword } })),
    )
    expect(tally(answers.map((data) => wordOf(data?.resetPassword)))).toEqual({ User: 20 })
    expect(new Set(answers.map((data) => JSON.stringify(data))).size).toBe(1)
    const { version } = await app.db.passwordCredential.findUniqueOrThrow(credential)
    expect(version).toBe(before.version + 1)
    expect(await noticesTo(app, person.email, 'PASSWORD_CHANGED')).toBe(1)
    const events = await auditOf(app, person.id)
    expect(events.filter(({ type }) => type === 'PASSWORD_RESET')).toHaveLength(1)
  })

  it('20 changes of one password in one session: one is done, and all get its answer', async () => {
    const { id, email, password: currentPassword, accessToken } = await registerPerson(app)
    const input = { currentPassword, newPassword: 'one password for all racers' }
    const variables = times(20, () => ({ input }))
    const answers = await sendTogether(app, ChangePasswordDocument, variables, accessToken)
    expect(tally(answers.map((data) => wordOf(data?.changePassword)))).toEqual({ User: 20 })
    expect(await noticesTo(app, email, 'PASSWORD_CHANGED')).toBe(1)
    const events = await auditOf(app, id)
    expect(events.filter(({ type }) => type === 'PASSWORD_CHANGED')).toMatchObject([
      { success: true },
    ])
  })

  it('20 verifications by one link: one verifies, and all get its answer', async () => {
    const { email, password, id } = await registerPerson(app)
    const token = await tokenFor(app, email)
    const answers = await sendTogether(
      app,
      VerifyEmailDocument,
      times(20, () => ({ input: { token, password } })),
    )
    const words = answers.map((data) => wordOf(data?.verifyEmail))
    expect(tally(words)).toEqual({ User: 20 })
    const events = await auditOf(app, id)
    expect(events.filter(({ type }) => type === 'EMAIL_VERIFIED')).toMatchObject([
      { success: true, actorId: id },
    ])
  })

  it('20 confirmations by one link: one changes the address, all get its answer', async () => {
    const person = await registerPerson(app)
    const email = newEmail()
    await requestChange(app, person, email)
    const token = await tokenFor(app, email)
    const answers = await sendTogether(
      app,
      ConfirmEmailChangeDocument,
      times(20, () => ({ input: { token, password: person.password } })),
    )
    const words = answers.map((data) => wordOf(data?.confirmEmailChange))
    expect(tally(words)).toEqual({ User: 20 })
    expect(await noticesTo(app, person.email, 'EMAIL_CHANGED')).toBe(1)
    expect(await noticesTo(app, email, 'EMAIL_CHANGE_CONFIRMED')).toBe(1)
    const events = await auditOf(app, person.id)
    expect(events.filter(({ type }) => type === 'EMAIL_CHANGED')).toHaveLength(1)
  })

  it('a reset link written for the old address while the address changes is worth nothing', async () => {
    const person = await registerPerson(app)
    await app.deliver()
    const email = newEmail()
    await requestChange(app, person, email)
    const confirmation = await tokenFor(app, email)
    await askForReset(app, person.email)
    const other = await rawClient(app.target)
    const waiting = (n: number) =>
      vi.waitFor(async () => {
        const { rows } = await other.query(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        )
        expect(rows).toHaveLength(n)
      }, 5_000)
    try {
      await other.query('BEGIN')
      await other.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [person.id])
      const confirming = confirmBy(app, confirmation)
      await waiting(1)
      const delivering = app.deliver() // has looked up whose address it is
      await waiting(2)
      await other.query('COMMIT')
      expect(await confirming).toBe('User')
      await delivering
    } finally {
      await other.end()
    }
    const resets = (await mailTo(app, person.email)).filter(({ kind }) => kind === 'RESET_PASSWORD')
    for (const { url } of resets) {
      const token = new URL(url ?? '').searchParams.get('token') ?? ''
      expect(await resetBy(app, token, 'of whoever has the old mailbox')).toBe('INVALID_TOKEN')
    }
    const { data } = await call(app, LoginDocument, { input: { email, password: person.password } })
    expect(wordOf(data?.login)).toBe('AuthPayload')
  })
})
