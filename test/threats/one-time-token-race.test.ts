// Thirty requests use a one-time link at the same moment. If checking and consuming are two steps, every racer finds
// the link unused (CWE-367; PortSwigger, "Smashing the state machine", single-use tokens). Here one conditional
// statement decides: one request wins, and the others change nothing. Racers that request the same result, and can
// prove it, get the winner's answer. Nothing is executed twice.
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
import { usesPostgres, openRawClient } from '../support/database/database.js'
import { outcomeOf, tally } from '../support/app/rate-limits.js'
import {
  tryConfirmEmailChange,
  requestEmailChangeAs,
  tryResetPassword,
  describeResult,
} from '../support/mail/mailed-link-outcomes.js'
import { requestPasswordReset } from '../support/mail/mailed-links.js'
import { listMailTo, getMailedToken } from '../support/mail/mail.js'
import { sendConcurrently } from '../support/app/concurrent-operations.js'
import { findAuditEvents } from '../support/database/track-changes.js'

const repeat = <T>(n: number, make: (i: number) => T) =>
  Array.from({ length: n }, (_, i) => make(i))

/** The number of messages of this kind that were sent to the address. */
const countNotices = (
  app: Awaited<ReturnType<typeof startApp>>,
  email: string,
  kind: 'PASSWORD_CHANGED' | 'EMAIL_CHANGED' | 'EMAIL_CHANGE_CONFIRMED',
) => listMailTo(app, email).then((mails) => mails.filter((mail) => mail.kind === kind).length)

describe.skipIf(!usesPostgres)(
  'on PostgreSQL (the embedded database has one session)',
  async () => {
    if (!usesPostgres) return
    const app = await startApp()
    afterAll(app.close)

    it('30 resets by one link: one sets its password', { timeout: 20_000 }, async () => {
      const person = await registerPerson(app)
      await requestPasswordReset(app, person.email)
      const token = await getMailedToken(app, person.email)
      const passwords = repeat(30, (i) => `the password of racer ${i}`)
      const answers = await sendConcurrently(
        app,
        ResetPasswordDocument,
        passwords.map((newPassword) => ({ input: { token, newPassword } })),
      )
      const outcomes = answers.map((data) => describeResult(data?.resetPassword))
      expect(tally(outcomes)).toEqual({ User: 1, INVALID_TOKEN: 29 })

      const signIns = await Promise.all(
        passwords.map(async (password) =>
          outcomeOf(await call(app, LoginDocument, { input: { email: person.email, password } })),
        ),
      )
      expect(signIns).toEqual(
        outcomes.map((word) => (word === 'User' ? 'AuthPayload' : 'INVALID_CREDENTIALS')),
      )
      expect(await countNotices(app, person.email, 'PASSWORD_CHANGED')).toBe(1)
      const events = await findAuditEvents(app, person.id)
      expect(events.filter(({ type }) => type === 'PASSWORD_RESET')).toHaveLength(1)
    })

    it('20 resets by one link to one password: one is executed, and all get its answer', async () => {
      const person = await registerPerson(app)
      await requestPasswordReset(app, person.email)
      const token = await getMailedToken(app, person.email)
      const credential = { where: { userId: person.id } }
      const before = await app.db.passwordCredential.findUniqueOrThrow(credential)
      const newPassword = 'one password for all racers'
      const answers = await sendConcurrently(
        app,
        ResetPasswordDocument,
        repeat(20, () => ({ input: { token, newPassword } })),
      )
      expect(tally(answers.map((data) => describeResult(data?.resetPassword)))).toEqual({
        User: 20,
      })
      expect(new Set(answers.map((data) => JSON.stringify(data))).size).toBe(1)
      const { version } = await app.db.passwordCredential.findUniqueOrThrow(credential)
      expect(version).toBe(before.version + 1)
      expect(await countNotices(app, person.email, 'PASSWORD_CHANGED')).toBe(1)
      const events = await findAuditEvents(app, person.id)
      expect(events.filter(({ type }) => type === 'PASSWORD_RESET')).toHaveLength(1)
    })

    it('20 changes of one password in one session: one is executed, and all get its answer', async () => {
      const { id, email, password: currentPassword, accessToken } = await registerPerson(app)
      const input = { currentPassword, newPassword: 'one password for all racers' }
      const variables = repeat(20, () => ({ input }))
      const answers = await sendConcurrently(app, ChangePasswordDocument, variables, accessToken)
      expect(tally(answers.map((data) => describeResult(data?.changePassword)))).toEqual({
        User: 20,
      })
      expect(await countNotices(app, email, 'PASSWORD_CHANGED')).toBe(1)
      const events = await findAuditEvents(app, id)
      expect(events.filter(({ type }) => type === 'PASSWORD_CHANGED')).toMatchObject([
        { success: true },
      ])
    })

    it('20 verifications by one link: one verifies, and all get its answer', async () => {
      const { email, password, id } = await registerPerson(app)
      const token = await getMailedToken(app, email)
      const answers = await sendConcurrently(
        app,
        VerifyEmailDocument,
        repeat(20, () => ({ input: { token, password } })),
      )
      const outcomes = answers.map((data) => describeResult(data?.verifyEmail))
      expect(tally(outcomes)).toEqual({ User: 20 })
      const events = await findAuditEvents(app, id)
      expect(events.filter(({ type }) => type === 'EMAIL_VERIFIED')).toMatchObject([
        { success: true, actorId: id },
      ])
    })

    it('20 confirmations by one link: one changes the address, all get its answer', async () => {
      const person = await registerPerson(app)
      const email = newEmail()
      await requestEmailChangeAs(app, person, email)
      const token = await getMailedToken(app, email)
      const answers = await sendConcurrently(
        app,
        ConfirmEmailChangeDocument,
        repeat(20, () => ({ input: { token, password: person.password } })),
      )
      const outcomes = answers.map((data) => describeResult(data?.confirmEmailChange))
      expect(tally(outcomes)).toEqual({ User: 20 })
      expect(await countNotices(app, person.email, 'EMAIL_CHANGED')).toBe(1)
      expect(await countNotices(app, email, 'EMAIL_CHANGE_CONFIRMED')).toBe(1)
      const events = await findAuditEvents(app, person.id)
      expect(events.filter(({ type }) => type === 'EMAIL_CHANGED')).toHaveLength(1)
    })

    it('a reset link sent to the old address while the address changes is worthless', async () => {
      const person = await registerPerson(app)
      await app.deliver()
      const email = newEmail()
      await requestEmailChangeAs(app, person, email)
      const confirmation = await getMailedToken(app, email)
      await requestPasswordReset(app, person.email)
      const other = await openRawClient(app.target)
      const waitForBlocked = (n: number) =>
        vi.waitFor(async () => {
          const { rows } = await other.query(
            `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
          )
          expect(rows).toHaveLength(n)
        }, 5_000)
      try {
        await other.query('BEGIN')
        await other.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [person.id])
        const confirming = tryConfirmEmailChange(app, confirmation)
        await waitForBlocked(1)
        const delivering = app.deliver() // has looked up the owner of the address
        await waitForBlocked(2)
        await other.query('COMMIT')
        expect(await confirming).toBe('User')
        await delivering
      } finally {
        await other.end()
      }
      const resets = (await listMailTo(app, person.email)).filter(
        ({ kind }) => kind === 'RESET_PASSWORD',
      )
      for (const { url } of resets) {
        const token = new URL(url ?? '').searchParams.get('token') ?? ''
        expect(await tryResetPassword(app, token, 'chosen at the old mailbox')).toBe(
          'INVALID_TOKEN',
        )
      }
      const { data } = await call(app, LoginDocument, {
        input: { email, password: person.password },
      })
      expect(describeResult(data?.login)).toBe('AuthPayload')
    })
  },
)
