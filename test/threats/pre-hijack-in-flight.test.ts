// The attacker's last request is on its way while the owner resets the password: it has been let in, and waits for
// the lock that the reset holds. What it asked for must not outlive the reset.
import { afterAll, describe, expect, test, vi } from 'vitest'
import {
  ChangePasswordDocument,
  DeleteAccountDocument,
  RequestEmailChangeDocument,
} from '../../src/generated/operations.js'
import { startApp } from '../support/app.js'
import { call, registerPerson, type Person } from '../support/client.js'
import { onPostgres, rawClient } from '../support/database.js'

const app = await startApp()
afterAll(app.close)

const lastRequests: [string, (attacker: Person) => Promise<{ errors: unknown[] }>][] = [
  [
    'a change of address',
    ({ accessToken: token }) =>
      call(
        app,
        RequestEmailChangeDocument,
        { input: { newEmail: 'attacker@evil.example' } },
        { token },
      ),
  ],
  [
    'a deletion',
    ({ email, accessToken: token }) =>
      call(app, DeleteAccountDocument, { input: { confirmEmail: email } }, { token }),
  ],
  [
    'another password',
    ({ password, accessToken: token }) => {
      const input = { currentPassword: password, newPassword: 'for the attacker alone' }
      return call(app, ChangePasswordDocument, { input }, { token })
    },
  ],
]

describe.runIf(onPostgres)('on PostgreSQL (the embedded database has a single session)', () => {
  test.each(lastRequests)('%s that waits behind a reset is refused', async (_, ask) => {
    const attacker = await registerPerson(app)
    const { id } = attacker
    const hashOf = () => app.db.passwordCredential.findUnique({ where: { userId: id } })
    const before = [await app.db.outboxMessage.count(), await hashOf()]
    const reset = await rawClient(app.target)
    try {
      await reset.query('BEGIN')
      await reset.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [id])
      const answer = ask(attacker)
      await vi.waitFor(async () => {
        const waiting = "wait_event_type = 'Lock' AND datname = current_database()"
        const { rows } = await reset.query(`SELECT FROM pg_stat_activity WHERE ${waiting}`)
        expect(rows).toHaveLength(1)
      }, 5_000)
      const ending = "UPDATE sessions SET ended_at = $2, end_reason = 'PASSWORD_CHANGED'"
      await reset.query(`${ending} WHERE user_id = $1`, [id, app.clock.now()])
      await reset.query('COMMIT')
      const ended = { extensions: { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' } }
      expect((await answer).errors).toMatchObject([ended])
    } finally {
      await reset.end()
    }
    expect([await app.db.outboxMessage.count(), await hashOf()]).toEqual(before)
    expect(await app.db.oneTimeToken.count({ where: { userId: id } })).toBe(0)
    expect(await app.db.emailChange.count({ where: { userId: id } })).toBe(0)
    expect(await app.db.user.findUnique({ where: { id } })).toMatchObject({ email: attacker.email })
  })
})
