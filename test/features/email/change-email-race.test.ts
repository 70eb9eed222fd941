import { afterAll, describe, expect, it, vi } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { newEmail, registerPerson, signIn } from '../../support/app/client.js'
import { usesPostgres, openRawClient } from '../../support/database/database.js'
import { listMailTo, getMailedToken } from '../../support/mail/mail.js'
import {
  requestEmailChange,
  requestPasswordReset,
  confirmEmailChange,
  resetPassword,
} from '../../support/mail/mailed-links.js'

const app = await startApp()
afterAll(app.close)

describe.skipIf(!usesPostgres)('on PostgreSQL (the embedded database has a single session)', () => {
  it('a reset link created during the change does not work for the old mailbox', async () => {
    const person = await registerPerson(app)
    const other = await signIn(app, person)
    const to = newEmail()
    await requestEmailChange(app, person.accessToken, to)
    const token = await getMailedToken(app, to)
    await requestPasswordReset(app, person.email)

    const lockHolder = await openRawClient(app.target)
    const waitForBlocked = (count: number) =>
      vi.waitFor(async () => {
        const where = "wait_event_type = 'Lock' AND datname = current_database()"
        const { rows } = await lockHolder.query(`SELECT FROM pg_stat_activity WHERE ${where}`)
        expect(rows).toHaveLength(count)
      }, 5_000)
    try {
      await lockHolder.query('BEGIN')
      await lockHolder.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [other.sessionId])
      const confirmed = confirmEmailChange(app, token)
      await waitForBlocked(1) // the address has changed and the links are revoked, but the transaction has not committed
      const delivered = app.deliver()
      // The e-mail is being rendered, or waits for the lookup of its recipient.
      await Promise.race([delivered, waitForBlocked(2)])
      await lockHolder.query('COMMIT')
      expect(await confirmed).toMatchObject({ __typename: 'User', email: to })
      await delivered
    } finally {
      await lockHolder.end()
    }

    const mails = (await listMailTo(app, person.email)).filter(
      ({ kind }) => kind === 'RESET_PASSWORD',
    )
    for (const { url } of mails) {
      const strayToken = new URL(url ?? '').searchParams.get('token') ?? ''
      expect(await resetPassword(app, strayToken)).toMatchObject({ code: 'INVALID_TOKEN' })
    }
    await signIn(app, { ...person, email: to })
  })
})
