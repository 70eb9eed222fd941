// An intruder with a session asks for another address, the owner ends the session, and the intruder confirms all the
// same: what was asked for outlived what it was asked with. Here it ends with the session, however close the two are.
import { afterAll, describe, expect, it } from 'vitest'
import { RevokeOtherSessionsDocument, RevokeSessionDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, me, registerPerson, signIn, type Person } from '../support/app/client.js'
import { onPostgres, rawClient } from '../support/database/database.js'
import { askedChange } from '../support/mail/email-changes.js'
import { confirmBy, rejectBy, resetBy } from '../support/mail/link-words.js'
import { mailTo, tokenFor } from '../support/mail/mail.js'
import { askForReset } from '../support/mail/mailed-links.js'
import { waitingForLocks } from '../support/database/waiting-for-locks.js'
import { watch } from '../support/database/watch.js'

const app = await startApp()
afterAll(app.close)

const takeBack: [string, (owner: Person, thief: Person) => Promise<unknown>][] = [
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
      await askForReset(app, email)
      await resetBy(app, await tokenFor(app, email), 'the owner took it back')
    },
  ],
]

/** A thief with a session of their own, who knows the password. */
async function intrusion() {
  const owner = await registerPerson(app)
  const thief = await signIn(app, owner)
  const change = await askedChange(app, thief)
  return { owner, thief, ...change }
}

describe.each(takeBack)('after %s', (_, end) => {
  it('the thief cannot confirm, in no session and with no password', async () => {
    const { owner, thief, confirmToken } = await intrusion()
    await end(owner, thief)
    const { touched } = await watch(app, async () => {
      for (const token of [thief.accessToken, owner.accessToken, null]) {
        for (const password of [owner.password, 'the owner took it back', null]) {
          expect(await confirmBy(app, confirmToken, { token, password })).toBe('INVALID_TOKEN')
        }
      }
    })
    expect(touched).toEqual([])
    expect(await app.db.user.findUnique({ where: { id: owner.id } })).toMatchObject({
      email: owner.email,
    })
  })
})

it('the owner who reads the notice stops it without a session, and the thief is out', async () => {
  const { owner, thief, confirmToken, rejectToken: token } = await intrusion()
  expect(await rejectBy(app, { token, confirmEmail: owner.email })).toBe('MailRequested')
  const session = { token: thief.accessToken, password: null }
  expect(await confirmBy(app, confirmToken, session)).toBe('INVALID_TOKEN')
  expect((await me(app, thief.accessToken)).errors).toHaveLength(1)
  expect((await me(app, owner.accessToken)).data?.me?.email).toBe(owner.email)
})

it('the owner gets the account back from a thief who confirmed, changed the password and moved on', async () => {
  const { owner, thief, to, confirmToken } = await intrusion()
  await confirmBy(app, confirmToken, { token: thief.accessToken, password: null })
  const token = await tokenFor(app, owner.email)
  await askForReset(app, to)
  const thiefs = 'the thief has another one'
  expect(await resetBy(app, await tokenFor(app, to), thiefs)).toBe('User')
  const again = await signIn(app, { email: to, password: thiefs })
  const next = await askedChange(app, again)
  expect(await confirmBy(app, next.confirmToken, { password: thiefs })).toBe('User')

  const input = { token, confirmEmail: owner.email, password: owner.password }
  expect(await rejectBy(app, input)).toBe('MailRequested')
  for (const [email, password] of [
    [owner.email, owner.password],
    [owner.email, thiefs],
    [to, thiefs],
    [next.to, thiefs],
  ] as const) {
    await expect(signIn(app, { email, password })).rejects.toThrow('INVALID_CREDENTIALS')
  }
  for (const address of [to, next.to]) await askForReset(app, address)
  for (const address of [to, next.to]) {
    expect((await mailTo(app, address)).at(-1)?.kind).not.toBe('RESET_PASSWORD')
  }
  expect(await resetBy(app, await tokenFor(app, owner.email), 'mine again')).toBe('User')
  const back = await signIn(app, { email: owner.email, password: 'mine again' })
  expect(back.id).toBe(owner.id)
})

describe.skipIf(!onPostgres)('on PostgreSQL (the embedded database has one session)', () => {
  it('a confirmation that waits while the session is revoked finds it revoked', async () => {
    const { owner, thief, confirmToken } = await intrusion()
    const other = await rawClient(app.target)
    try {
      await other.query('BEGIN')
      const revoking = `UPDATE sessions SET ended_at = $2, end_reason = 'REVOKED' WHERE id = $1`
      await other.query(revoking, [thief.sessionId, app.clock.now()])
      const confirming = confirmBy(app, confirmToken, {
        token: thief.accessToken,
        password: null,
      })
      await waitingForLocks(other, 1)
      await other.query('COMMIT')
      expect(await confirming).toBe('INVALID_TOKEN')
    } finally {
      await other.end()
    }
    expect((await me(app, owner.accessToken)).data?.me?.email).toBe(owner.email)
  })

  it('a password that is reset while a confirmation with it waits confirms nothing', async () => {
    const { owner, thief, confirmToken } = await intrusion()
    const where = { id: thief.sessionId }
    const data = { endedAt: app.clock.now(), endReason: 'LOGOUT' as const }
    await app.db.session.update({ where, data }) // the request holds, with the password
    const other = await rawClient(app.target)
    try {
      await other.query('BEGIN')
      await other.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [owner.id])
      const confirming = confirmBy(app, confirmToken)
      await waitingForLocks(other, 1)
      const changing = 'UPDATE password_credentials SET version = version + 1 WHERE user_id = $1'
      await other.query(changing, [owner.id])
      await other.query('COMMIT')
      expect(await confirming).toBe('INVALID_CREDENTIALS')
    } finally {
      await other.end()
    }
  })

  it('of revocations and confirmations together none deadlocks, and the two agree', async () => {
    for (let i = 0; i < 8; i += 1) {
      const { owner, thief, confirmToken } = await intrusion()
      for (let more = 0; more < 3; more += 1) await signIn(app, owner)
      const [revoked, confirmed] = await Promise.all([
        call(app, RevokeOtherSessionsDocument, {}, { token: owner.accessToken }),
        confirmBy(app, confirmToken, { token: thief.accessToken, password: null }),
      ])
      const session = await app.db.session.findUniqueOrThrow({ where: { id: owner.sessionId } })
      if (confirmed === 'User') {
        // It was first: the revocation came from a session that had ended by then, or ended the thief's after it.
        expect([...revoked.errors, session.endReason]).toContain('REVOKED')
      } else {
        // By its viewer, or by its token.
        expect(['INVALID_TOKEN', 'INVALID_CREDENTIALS']).toContain(confirmed)
        expect(revoked.errors).toEqual([])
      }
    }
  }, 30_000)
})
