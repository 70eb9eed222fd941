// Two people and one address, or one person and two buttons, at the same moment (CWE-367). One of them wins, the other
// gets the matching answer, and no address ever has two owners.
import { afterAll, describe, expect, it } from 'vitest'
import {
  ConfirmEmailChangeDocument,
  RegisterDocument,
  RejectEmailChangeDocument,
} from '@latchkey/client/operations'
import { startApp, type TestApp } from '../support/app/app.js'
import { call, goodPassword, newEmail, registerPerson, signIn } from '../support/app/client.js'
import { usesPostgres, openRawClient } from '../support/database/database.js'
import { createRequestedChange, createConfirmedChange } from '../support/mail/email-changes.js'
import { outcomeOf, tally } from '../support/app/rate-limits.js'
import {
  tryConfirmEmailChange,
  tryRejectEmailChange,
  tryVerifyEmail,
  describeResult,
} from '../support/mail/mailed-link-outcomes.js'
import { listMailTo, getMailedToken } from '../support/mail/mail.js'
import { sendConcurrently } from '../support/app/concurrent-operations.js'
import { findAuditEvents } from '../support/database/track-changes.js'
import { waitForBlockedStatements } from '../support/database/blocked-statements.js'

const repeat = <T>(n: number, make: (i: number) => T) =>
  Array.from({ length: n }, (_, i) => make(i))
/** A person with a verified address. Only such an address stays reserved. */
async function registerVerified(app: TestApp, email = newEmail()) {
  const person = await registerPerson(app, email)
  expect(await tryVerifyEmail(app, await getMailedToken(app, email), person.password)).toBe('User')
  return person
}

const registerAt = async (app: TestApp, email: string) =>
  outcomeOf(await call(app, RegisterDocument, { input: { email, password: goodPassword } }))

describe.skipIf(!usesPostgres)(
  'on PostgreSQL (the embedded database has one session)',
  async () => {
    if (!usesPostgres) return
    const app = await startApp({ env: { ARGON2_QUEUE: '1000' } })
    afterAll(app.close)

    const eventsOf = async (id: string, type: string) =>
      (await findAuditEvents(app, id)).filter((event) => event.type === type && event.success)
        .length

    it('20 rejections of one pending change: one cancels it, all get its answer', async () => {
      const { person, rejectToken: token } = await createRequestedChange(app)
      const input = { token, confirmEmail: person.email }
      const answers = await sendConcurrently(
        app,
        RejectEmailChangeDocument,
        repeat(20, () => ({ input })),
      )
      expect(tally(answers.map((data) => describeResult(data?.rejectEmailChange)))).toEqual({
        MailRequested: 20,
      })
      expect(await eventsOf(person.id, 'EMAIL_CHANGE_REJECTED')).toBe(1)
      const kinds = (await listMailTo(app, person.email)).map(({ kind }) => kind)
      expect(kinds.filter((kind) => kind === 'RESET_PASSWORD')).toHaveLength(1)
    })

    it(
      '8 undoings of one change: one undoes it, all get its answer',
      { timeout: 20_000 },
      async () => {
        const { person, undoToken: token } = await createConfirmedChange(app)
        const input = { token, confirmEmail: person.email, password: goodPassword }
        const answers = await sendConcurrently(
          app,
          RejectEmailChangeDocument,
          repeat(8, () => ({ input })),
        )
        expect(tally(answers.map((data) => describeResult(data?.rejectEmailChange)))).toEqual({
          MailRequested: 8,
        })
        expect(await eventsOf(person.id, 'EMAIL_CHANGE_UNDONE')).toBe(1)
        const kinds = (await listMailTo(app, person.email)).map(({ kind }) => kind)
        expect(kinds.filter((kind) => kind === 'EMAIL_CHANGE_UNDONE')).toHaveLength(1)
      },
    )

    it(
      'a confirmation and a rejection: one wins, and the other gets the matching answer',
      { timeout: 30_000 },
      async () => {
        for (let i = 0; i < 6; i += 1) {
          const { person, to, confirmToken, rejectToken: token } = await createRequestedChange(app)
          const session = { token: person.accessToken, password: null }
          const [confirmed, rejected] = await Promise.all([
            tryConfirmEmailChange(app, confirmToken, session),
            tryRejectEmailChange(app, { token, confirmEmail: person.email }),
          ])
          const { email } = await app.db.user.findUniqueOrThrow({ where: { id: person.id } })
          const all = [confirmed, rejected, email]
          // A losing confirmation is refused for its session, its link, or the password that it now requires.
          if (confirmed === 'User') expect(all).toEqual(['User', 'INVALID_CREDENTIALS', to])
          else {
            expect(['INVALID_TOKEN', 'INVALID_CREDENTIALS']).toContain(confirmed)
            expect(all.slice(1)).toEqual(['MailRequested', person.email])
          }
        }
      },
    )

    it('a rejection with the password that waits for the confirmation undoes it', async () => {
      const { person, confirmToken, rejectToken: token } = await createRequestedChange(app)
      const other = await openRawClient(app.target)
      try {
        await other.query('BEGIN')
        await other.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [person.id])
        const session = { token: person.accessToken, password: null }
        const confirming = tryConfirmEmailChange(app, confirmToken, session)
        await waitForBlockedStatements(other, 1)
        const input = { token, confirmEmail: person.email, password: goodPassword }
        const rejecting = tryRejectEmailChange(app, input)
        await waitForBlockedStatements(other, 2)
        await other.query('COMMIT')
        expect([await confirming, await rejecting]).toEqual(['User', 'MailRequested'])
      } finally {
        await other.end()
      }
      const row = await app.db.user.findUniqueOrThrow({ where: { id: person.id } })
      expect(row.email).toBe(person.email)
    })

    it('a person who registers an address while its owner moves away finds it reserved', async () => {
      const { person, to, confirmToken } = await createRequestedChange(
        app,
        await registerVerified(app),
      )
      const lockHolder = await openRawClient(app.target)
      try {
        // The confirmation has moved the address and waits for a session that it ends. Nothing is committed.
        const { sessionId } = await signIn(app, person)
        await lockHolder.query('BEGIN')
        await lockHolder.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [sessionId])
        const session = { token: person.accessToken, password: null }
        const confirming = tryConfirmEmailChange(app, confirmToken, session)
        await waitForBlockedStatements(lockHolder, 1)
        const registering = registerAt(app, person.email)
        await waitForBlockedStatements(lockHolder, 2)
        await lockHolder.query('COMMIT')
        expect([await confirming, await registering]).toEqual(['User', 'EMAIL_TAKEN'])
      } finally {
        await lockHolder.end()
      }
      const rows = await app.db.user.findMany({ where: { email: { in: [person.email, to] } } })
      expect(rows.map(({ id, email }) => [id, email])).toEqual([[person.id, to]])
      expect(await app.db.passwordCredential.count()).toBe(await app.db.user.count())
    })

    it('a person who confirms an address while its owner moves away finds it reserved', async () => {
      // The second person requested the address before the first one had it.
      const wantedEmail = newEmail()
      const requester = await createRequestedChange(app, undefined, wantedEmail)
      const temporaryOwner = await registerVerified(app, wantedEmail)
      const departure = await createRequestedChange(app, temporaryOwner)
      const lockHolder = await openRawClient(app.target)
      try {
        const { sessionId } = await signIn(app, temporaryOwner)
        await lockHolder.query('BEGIN')
        await lockHolder.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [sessionId])
        const session = { token: temporaryOwner.accessToken, password: null }
        const leaving = tryConfirmEmailChange(app, departure.confirmToken, session)
        await waitForBlockedStatements(lockHolder, 1)
        const arriving = tryConfirmEmailChange(app, requester.confirmToken)
        await waitForBlockedStatements(lockHolder, 2)
        await lockHolder.query('COMMIT')
        expect([await leaving, await arriving]).toEqual(['User', 'INVALID_TOKEN'])
      } finally {
        await lockHolder.end()
      }
      expect(await app.db.user.count({ where: { email: wantedEmail } })).toBe(0)
    })

    it(
      'only one of several email changes and a registration with one address succeeds',
      { timeout: 30_000 },
      async () => {
        const wantedEmail = newEmail()
        const movers = []
        for (let i = 0; i < 4; i += 1)
          movers.push(await createRequestedChange(app, undefined, wantedEmail))
        const [answers, registered] = await Promise.all([
          sendConcurrently(
            app,
            ConfirmEmailChangeDocument,
            movers.map(({ confirmToken: token }) => ({ input: { token, password: goodPassword } })),
          ),
          registerAt(app, wantedEmail),
        ])
        const outcomes = [
          ...answers.map((data) => describeResult(data?.confirmEmailChange)),
          registered,
        ]
        const winners = outcomes.filter((word) => word === 'User' || word === 'AuthPayload')
        expect([winners.length, outcomes.length]).toEqual([1, 5])
        expect(outcomes.filter((word) => /^(INVALID_TOKEN|EMAIL_TAKEN)$/.test(word))).toHaveLength(
          4,
        )
        expect(await app.db.user.count({ where: { email: wantedEmail } })).toBe(1)
      },
    )

    it('of several requests of one account one is pending, and only its link confirms', async () => {
      const person = await registerPerson(app)
      const tokens = await Promise.all(
        repeat(
          5,
          async () => (await createRequestedChange(app, person).catch(() => null))?.confirmToken,
        ),
      )
      const where = { userId: person.id, confirmedAt: null, cancelledAt: null }
      expect(await app.db.emailChange.count({ where })).toBe(1)
      const outcomes = []
      for (const token of tokens) if (token) outcomes.push(await tryConfirmEmailChange(app, token))
      expect(outcomes.filter((word) => word === 'User').length).toBeLessThanOrEqual(1)
    })
  },
)
