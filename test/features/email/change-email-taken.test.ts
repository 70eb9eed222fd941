// A request to change the address must not tell which addresses have accounts: the answer is the same, and only the
// owner gets an e-mail.
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { getAuthError, me, newEmail, registerPerson } from '../../support/app/client.js'
import { getLastMailTo, listMailTo, getMailedToken } from '../../support/mail/mail.js'
import {
  requestEmailChange,
  confirmEmailChange,
  verifyEmail,
} from '../../support/mail/mailed-links.js'
import { trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

describe('a request for the address of another account', () => {
  it('gets the same answer, and the owner gets only a notice', async () => {
    const requester = await registerPerson(app)
    const owner = await registerPerson(app)
    const token = await getMailedToken(app, owner.email)
    await verifyEmail(app, { token, password: owner.password })
    const before = (await listMailTo(app, owner.email)).length
    const freeEmail = newEmail()
    const observeRequest = (to: string) =>
      trackChanges(app, () => requestEmailChange(app, requester.accessToken, to))
    const [one, other] = [await observeRequest(freeEmail), await observeRequest(owner.email)]
    expect(other.result.status).toBe(one.result.status)
    expect(other.result.text.replaceAll(owner.email, freeEmail)).toBe(one.result.text)
    expect(other.touched).toEqual(one.touched)

    const newMails = (await listMailTo(app, owner.email)).slice(before)
    const subject = 'You already have an account at Latchkey'
    expect(newMails).toMatchObject([{ subject, url: null }])
    expect(newMails[0]?.text).not.toContain(requester.email)
    const where = { userId: requester.id, newEmail: owner.email }
    expect((await app.db.emailChange.findFirst({ where }))?.confirmTokenHash).toBeNull()
    expect((await me(app, requester.accessToken)).data?.me?.email).toBe(requester.email)
    expect(await app.db.user.count({ where: { id: owner.id, email: owner.email } })).toBe(1)
  })

  it('sends an unverified owner only their own link again, which changes no address', async () => {
    const requester = await registerPerson(app)
    const owner = await registerPerson(app)
    const first = await getMailedToken(app, owner.email)
    await requestEmailChange(app, requester.accessToken, owner.email)
    const again = await getMailedToken(app, owner.email)
    expect(again).not.toBe(first)
    expect((await getLastMailTo(app, owner.email)).url).toContain('/verify-email?')
    expect(getAuthError(await confirmEmailChange(app, again)).code).toBe('INVALID_TOKEN')
    const result = await verifyEmail(app, { token: again, password: owner.password })
    expect(result).toMatchObject({ id: owner.id, emailVerified: true })
  })
})
