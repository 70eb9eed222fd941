import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { failure, newEmail, refusalOf, registerPerson, signIn } from '../../support/app/client.js'
import { mailTo, tokenFor } from '../../support/mail/mail.js'
import { anotherPassword, askForReset, resetPassword } from '../../support/mail/mailed-links.js'
import { auditOf, watch } from '../../support/database/watch.js'

const app = await startApp()
afterAll(app.close)

/** Somebody who forgot the password, and the token in the message to them. */
async function forgetful() {
  const person = await registerPerson(app)
  await app.deliver()
  await askForReset(app, person.email)
  return { person, token: await tokenFor(app, person.email) }
}

/** Nothing was written, and the account is as it was. */
async function refused(token: string, newPassword = anotherPassword) {
  const { result, touched } = await watch(app, () => resetPassword(app, token, { newPassword }))
  expect(touched).toEqual([])
  return failure(result)
}

describe('a link to a new password', () => {
  it.each([
    ['is too short', 'xk4-Qzw', 'TOO_SHORT'],
    ['is common', 'password1', 'TOO_COMMON'],
    ['is the address', 'EMAIL', 'CONTAINS_PERSONAL_INFORMATION'],
    ['is too long', 'w'.repeat(257), 'TOO_LONG'],
  ])('is not used up by a password that %s', async (_, typed, problem) => {
    const { person, token } = await forgetful()
    const error = await refused(token, typed === 'EMAIL' ? person.email : typed)
    expect(error).toMatchObject({ code: 'WEAK_PASSWORD', passwordProblems: [problem] })
    expect(await refusalOf(app, person.accessToken)).toBeUndefined()
    await signIn(app, person)
    expect((await resetPassword(app, token))?.__typename).toBe('User')
  })

  it('works for 30 minutes; asked again, another one comes', async () => {
    const { person, token } = await forgetful()
    app.clock.advance('29m')
    expect((await refused(token, 'short')).code).toBe('WEAK_PASSWORD')
    app.clock.advance('1m')
    expect((await refused(token, 'short')).code).toBe('TOKEN_EXPIRED')
    expect((await refused(token)).code).toBe('TOKEN_EXPIRED')
    await signIn(app, person)

    await askForReset(app, person.email)
    const next = await tokenFor(app, person.email)
    expect((await refused(token)).code).toBe('INVALID_TOKEN')
    expect((await resetPassword(app, next))?.__typename).toBe('User')
  })

  it.each(['', 'nonsense', 'A'.repeat(43), 'A'.repeat(20_000)])(
    'that never was is INVALID_TOKEN (%#)',
    async (token) => {
      expect((await refused(token)).code).toBe('INVALID_TOKEN')
    },
  )

  it('of an account that was disabled after it works no more, until it is enabled', async () => {
    const { person, token } = await forgetful()
    await app.app.services.users.disable(person.id)
    expect((await refused(token)).code).toBe('INVALID_TOKEN')
    await app.app.services.users.enable(person.id)
    await signIn(app, person)
    expect((await resetPassword(app, token))?.__typename).toBe('User')
  })
})

describe('asked for', () => {
  it.each(['somebody', 'nobody', 'a disabled account'])(
    'by the address of %s, the answer is the same and costs one row',
    async (whose) => {
      const isSomebody = whose === 'somebody'
      const person = whose === 'nobody' ? null : await registerPerson(app)
      if (person && !isSomebody) await app.app.services.users.disable(person.id)
      const email = person?.email ?? newEmail()
      const before = (await mailTo(app, email)).length
      const { result, touched } = await watch(app, () => askForReset(app, email))
      const data = { requestPasswordReset: { email, tokenLifetime: 1_800 } }
      expect(result.text).toBe(`${JSON.stringify({ data })}\n`)
      expect(touched).toEqual(['outbox_messages'])

      const told = (await mailTo(app, email)).slice(before)
      expect(told.map(({ kind }) => kind)).toEqual(isSomebody ? ['RESET_PASSWORD'] : [])
      const [url] = told.map((mail) => mail.url)
      if (isSomebody) expect(url).toMatch(/^http:\/\/localhost:4000\/reset-password\?token=/)
      const purpose = 'RESET_PASSWORD' as const
      const where = { userId: person?.id ?? '', purpose }
      if (person) expect(await app.db.oneTimeToken.count({ where })).toBe(isSomebody ? 1 : 0)
      const waiting = { recipient: email, status: 'WAITING' as const }
      expect(await app.db.outboxMessage.count({ where: waiting })).toBe(0)
      const events = person ? await auditOf(app, person.id) : []
      const requests = events.filter(({ type }) => type === 'PASSWORD_RESET_REQUESTED')
      expect(requests).toHaveLength(isSomebody ? 1 : 0)
    },
  )

  it.each(['', 'no address', 'ana@', '@example.com'])(
    'by what is no address it says so, and writes nothing (%#)',
    async (typed) => {
      const { result, touched } = await watch(app, () => askForReset(app, typed))
      expect(result.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
      expect(touched).toEqual([])
    },
  )
})
