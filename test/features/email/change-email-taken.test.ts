// Asking to move to an address must not tell who has an account: the answer is the same, and only the owner learns it.
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { failure, me, newEmail, registerPerson } from '../../support/app/client.js'
import { lastMailTo, mailTo, tokenFor } from '../../support/mail/mail.js'
import { askForChange, confirmChange, verifyEmail } from '../../support/mail/mailed-links.js'
import { watch } from '../../support/database/watch.js'

const app = await startApp()
afterAll(app.close)

describe('an address that somebody has', () => {
  it('gets the same answer; its owner is told, and nothing else is sent there', async () => {
    const mover = await registerPerson(app)
    const owner = await registerPerson(app)
    const token = await tokenFor(app, owner.email)
    await verifyEmail(app, { token, password: owner.password })
    const before = (await mailTo(app, owner.email)).length
    const free = newEmail()
    const look = (to: string) => watch(app, () => askForChange(app, mover.accessToken, to))
    const [one, other] = [await look(free), await look(owner.email)]
    expect(other.result.status).toBe(one.result.status)
    expect(other.result.text.replaceAll(owner.email, free)).toBe(one.result.text)
    expect(other.touched).toEqual(one.touched)

    const told = (await mailTo(app, owner.email)).slice(before)
    const subject = 'You already have an account at Latchkey'
    expect(told).toMatchObject([{ subject, url: null }])
    expect(told[0]?.text).not.toContain(mover.email)
    const where = { userId: mover.id, newEmail: owner.email }
    expect((await app.db.emailChange.findFirst({ where }))?.confirmTokenHash).toBeNull()
    expect((await me(app, mover.accessToken)).data?.me?.email).toBe(mover.email)
    expect(await app.db.user.count({ where: { id: owner.id, email: owner.email } })).toBe(1)
  })

  it('but did not confirm: they get their own link again, which moves nobody', async () => {
    const mover = await registerPerson(app)
    const owner = await registerPerson(app)
    const first = await tokenFor(app, owner.email)
    await askForChange(app, mover.accessToken, owner.email)
    const again = await tokenFor(app, owner.email)
    expect(again).not.toBe(first)
    expect((await lastMailTo(app, owner.email)).url).toContain('/verify-email?')
    expect(failure(await confirmChange(app, again)).code).toBe('INVALID_TOKEN')
    const result = await verifyEmail(app, { token: again, password: owner.password })
    expect(result).toMatchObject({ id: owner.id, emailVerified: true })
  })
})
