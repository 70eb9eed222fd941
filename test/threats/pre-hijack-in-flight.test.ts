// The attacker's last request is in flight while the owner resets the password. It has passed authentication, and waits
// for the lock that the reset holds. Its effect must not survive the reset.
import { afterAll, describe, expect, test } from 'vitest'
import {
  ChangePasswordDocument,
  DeleteAccountDocument,
  RequestEmailChangeDocument,
} from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, registerPerson, signIn, type Person } from '../support/app/client.js'
import { usesPostgres } from '../support/database/database.js'
import { raceBeforeCommit } from '../support/database/race-before-commit.js'
import { expectOwnerAccess, ownerPassword } from '../support/mail/account-recovery.js'
import { tryResetPassword } from '../support/mail/mailed-link-outcomes.js'
import { getMailedToken } from '../support/mail/mail.js'
import { requestPasswordReset } from '../support/mail/mailed-links.js'
import { findAuditEvents } from '../support/database/track-changes.js'

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

describe.runIf(usesPostgres)('on PostgreSQL (the embedded database has a single session)', () => {
  test.each(lastRequests)('%s that waits behind a reset is refused', async (_, ask) => {
    const attacker = await registerPerson(app)
    const { id, email } = attacker
    await app.deliver()
    await requestPasswordReset(app, email)
    const token = await getMailedToken(app, email)
    const [reset, answer] = await raceBeforeCommit(
      app,
      () => tryResetPassword(app, token, ownerPassword),
      () => ask(attacker),
    )
    expect(reset).toBe('User')
    const ended = { extensions: { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' } }
    expect(answer.errors).toMatchObject([ended])
    // The account is as the reset left it, and no other mail was sent.
    const owner = await signIn(app, { email, password: ownerPassword })
    await expectOwnerAccess(app, owner)
    const messages = await app.db.outboxMessage.findMany({
      where: { OR: [{ recipient: email }, { recipient: { endsWith: 'evil.example' } }] },
      orderBy: { id: 'asc' },
    })
    expect(await app.db.emailChange.count({ where: { userId: id } })).toBe(0)
    const kinds = messages.map(({ kind }) => kind)
    expect(kinds).toEqual(['VERIFY_EMAIL', 'RESET_PASSWORD', 'PASSWORD_CHANGED'])
    const events = await findAuditEvents(app, id)
    expect(events.filter(({ type }) => type === 'PASSWORD_CHANGED')).toEqual([])
  })
})
