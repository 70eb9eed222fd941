import { afterAll, describe, expect, it, vi } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { newEmail, registerPerson, signIn } from '../../support/app/client.js'
import { onPostgres, rawClient } from '../../support/database/database.js'
import { mailTo, tokenFor } from '../../support/mail/mail.js'
import {
  askForChange,
  askForReset,
  confirmChange,
  resetPassword,
} from '../../support/mail/mailed-links.js'

const app = await startApp()
afterAll(app.close)

describe.skipIf(!onPostgres)('on PostgreSQL (the embedded database has a single session)', () => {
  it('no reset link that is made while the address changes works for the old mailbox', async () => {
    const person = await registerPerson(app)
    const other = await signIn(app, person)
    const to = newEmail()
    await askForChange(app, person.accessToken, to)
    const token = await tokenFor(app, to)
    await askForReset(app, person.email)

    const holder = await rawClient(app.target)
    const waiting = (n: number) =>
      vi.waitFor(async () => {
        const where = "wait_event_type = 'Lock' AND datname = current_database()"
        const { rows } = await holder.query(`SELECT FROM pg_stat_activity WHERE ${where}`)
        expect(rows).toHaveLength(n)
      }, 5_000)
    try {
      await holder.query('BEGIN')
      await holder.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [other.sessionId])
      const confirmed = confirmChange(app, token)
      await waiting(1) // the address has changed, and the links are dead: all but committed
      const delivered = app.deliver()
      // The message is put in words, or waits until it is known to whom it goes.
      await Promise.race([delivered, waiting(2)])
      await holder.query('COMMIT')
      expect(await confirmed).toMatchObject({ __typename: 'User', email: to })
      await delivered
    } finally {
      await holder.end()
    }

    const mails = (await mailTo(app, person.email)).filter(({ kind }) => kind === 'RESET_PASSWORD')
    for (const { url } of mails) {
      const stray = new URL(url ?? '').searchParams.get('token') ?? ''
      expect(await resetPassword(app, stray)).toMatchObject({ code: 'INVALID_TOKEN' })
    }
    await signIn(app, { ...person, email: to })
  })
})
