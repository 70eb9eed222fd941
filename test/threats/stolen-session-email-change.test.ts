// An intruder with a session requests another address, the owner ends the session, and the intruder still confirms. The
// request must not outlive its session, however close the two events are.
import { afterAll, describe, expect, it } from 'vitest'
import { RevokeOtherSessionsDocument, RevokeSessionDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, me, registerPerson, signIn, type Person } from '../support/app/client.js'
import { usesPostgres, openRawClient } from '../support/database/database.js'
import { createRequestedChange } from '../support/mail/email-changes.js'
import {
  tryConfirmEmailChange,
  tryRejectEmailChange,
  tryResetPassword,
} from '../support/mail/mailed-link-outcomes.js'
import { listMailTo, getMailedToken } from '../support/mail/mail.js'
import { requestPasswordReset } from '../support/mail/mailed-links.js'
import { waitForBlockedStatements } from '../support/database/blocked-statements.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const ownerActions: [string, (owner: Person, thief: Person) => Promise<unknown>][] = [
  [
    'revokeOtherSessions',
    ({ accessToken: token }) => call(app, RevokeOtherSessionsDocument, {}, { token }),
  ],
  [
    'revokeSession',
    ({ accessToken: token }, { sessionId }) =>
      call(app, RevokeSessionDocument, { input: { sessionId } }, { token }),
  ],
  [
    'a reset of the password',
    async ({ email }) => {
      await requestPasswordReset(app, email)
      await tryResetPassword(app, await getMailedToken(app, email), 'the owner took it back')
    },
  ],
]

/** A thief with a session of their own, who knows the password. */
async function createIntrusion() {
  const owner = await registerPerson(app)
  const thief = await signIn(app, owner)
  const change = await createRequestedChange(app, thief)
  return { owner, thief, ...change }
}

describe.each(ownerActions)('after %s', (_, end) => {
  it('the thief cannot confirm, in any session and with any password', async () => {
    const { owner, thief, confirmToken } = await createIntrusion()
    await end(owner, thief)
    const { touched } = await trackChanges(app, async () => {
      for (const token of [thief.accessToken, owner.accessToken, null]) {
        for (const password of [owner.password, 'the owner took it back', null]) {
          expect(await tryConfirmEmailChange(app, confirmToken, { token, password })).toBe(
            'INVALID_TOKEN',
          )
        }
      }
    })
    expect(touched).toEqual([])
    expect(await app.db.user.findUnique({ where: { id: owner.id } })).toMatchObject({
      email: owner.email,
    })
  })
})

it('the owner who reads the notice stops it without a session, and locks the thief out', async () => {
  const { owner, thief, confirmToken, rejectToken: token } = await createIntrusion()
  expect(await tryRejectEmailChange(app, { token, confirmEmail: owner.email })).toBe(
    'MailRequested',
  )
  const session = { token: thief.accessToken, password: null }
  expect(await tryConfirmEmailChange(app, confirmToken, session)).toBe('INVALID_TOKEN')
  expect((await me(app, thief.accessToken)).errors).toHaveLength(1)
  expect((await me(app, owner.accessToken)).data?.me?.email).toBe(owner.email)
})

it('the owner gets the account back from a thief who confirmed, changed the password and moved on', async () => {
  const { owner, thief, to, confirmToken } = await createIntrusion()
  await tryConfirmEmailChange(app, confirmToken, { token: thief.accessToken, password: null })
  const token = await getMailedToken(app, owner.email)
  await requestPasswordReset(app, to)
  const thiefPassword = 'the thief has another one'
  expect(await tryResetPassword(app, await getMailedToken(app, to), thiefPassword)).toBe('User')
  const again = await signIn(app, { email: to, password: thiefPassword })
  const next = await createRequestedChange(app, again)
  expect(await tryConfirmEmailChange(app, next.confirmToken, { password: thiefPassword })).toBe(
    'User',
  )

  const input = { token, confirmEmail: owner.email, password: owner.password }
  expect(await tryRejectEmailChange(app, input)).toBe('MailRequested')
  for (const [email, password] of [
    [owner.email, owner.password],
    [owner.email, thiefPassword],
    [to, thiefPassword],
    [next.to, thiefPassword],
  ] as const) {
    await expect(signIn(app, { email, password })).rejects.toThrow('INVALID_CREDENTIALS')
  }
  for (const recipient of [to, next.to]) await requestPasswordReset(app, recipient)
  for (const recipient of [to, next.to]) {
    expect((await listMailTo(app, recipient)).at(-1)?.kind).not.toBe('RESET_PASSWORD')
  }
  expect(await tryResetPassword(app, await getMailedToken(app, owner.email), 'mine again')).toBe(
    'User',
  )
  const back = await signIn(app, { email: owner.email, password: 'mine again' })
  expect(back.id).toBe(owner.id)
})

describe.skipIf(!usesPostgres)('on PostgreSQL (the embedded database has one session)', () => {
  it('a confirmation that waits while the session is revoked fails', async () => {
    const { owner, thief, confirmToken } = await createIntrusion()
    const other = await openRawClient(app.target)
    try {
      await other.query('BEGIN')
      const revoking = `UPDATE sessions SET ended_at = $2, end_reason = 'REVOKED' WHERE id = $1`
      await other.query(revoking, [thief.sessionId, app.clock.now()])
      const confirming = tryConfirmEmailChange(app, confirmToken, {
        token: thief.accessToken,
        password: null,
      })
      await waitForBlockedStatements(other, 1)
      await other.query('COMMIT')
      expect(await confirming).toBe('INVALID_TOKEN')
    } finally {
      await other.end()
    }
    expect((await me(app, owner.accessToken)).data?.me?.email).toBe(owner.email)
  })

  it('a password that is reset while a confirmation with it waits confirms nothing', async () => {
    const { owner, thief, confirmToken } = await createIntrusion()
    const where = { id: thief.sessionId }
    const data = { endedAt: app.clock.now(), endReason: 'LOGOUT' as const }
    await app.db.session.update({ where, data }) // the request holds, with the password
    const other = await openRawClient(app.target)
    try {
      await other.query('BEGIN')
      await other.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [owner.id])
      const confirming = tryConfirmEmailChange(app, confirmToken)
      await waitForBlockedStatements(other, 1)
      const changing = 'UPDATE password_credentials SET version = version + 1 WHERE user_id = $1'
      await other.query(changing, [owner.id])
      await other.query('COMMIT')
      expect(await confirming).toBe('INVALID_CREDENTIALS')
    } finally {
      await other.end()
    }
  })

  it('concurrent revocations and confirmations do not deadlock, and their outcomes agree', async () => {
    for (let i = 0; i < 8; i += 1) {
      const { owner, thief, confirmToken } = await createIntrusion()
      for (let more = 0; more < 3; more += 1) await signIn(app, owner)
      const [revoked, confirmed] = await Promise.all([
        call(app, RevokeOtherSessionsDocument, {}, { token: owner.accessToken }),
        tryConfirmEmailChange(app, confirmToken, { token: thief.accessToken, password: null }),
      ])
      const session = await app.db.session.findUniqueOrThrow({ where: { id: owner.sessionId } })
      if (confirmed === 'User') {
        // The confirmation won. The revocation came from an ended session, or ended the thief's session after it.
        expect([...revoked.errors, session.endReason]).toContain('REVOKED')
      } else {
        // Refused because the thief's session has ended, or because the mailed token is invalid.
        expect(['INVALID_TOKEN', 'INVALID_CREDENTIALS']).toContain(confirmed)
        expect(revoked.errors).toEqual([])
      }
    }
  }, 30_000)
})
