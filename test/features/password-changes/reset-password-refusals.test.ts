import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import {
  getAuthError,
  newEmail,
  getRefusalReason,
  registerPerson,
  signIn,
} from '../../support/app/client.js'
import { listMailTo, getMailedToken } from '../../support/mail/mail.js'
import {
  anotherPassword,
  requestPasswordReset,
  resetPassword,
} from '../../support/mail/mailed-links.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

/** A user who forgot the password, and the token from the e-mail to them. */
async function registerWithResetToken() {
  const person = await registerPerson(app)
  await app.deliver()
  await requestPasswordReset(app, person.email)
  return { person, token: await getMailedToken(app, person.email) }
}

/** The request wrote nothing, and the account is unchanged. */
async function expectRefused(token: string, newPassword = anotherPassword) {
  const { result, touched } = await trackChanges(app, () =>
    resetPassword(app, token, { newPassword }),
  )
  expect(touched).toEqual([])
  return getAuthError(result)
}

describe('a link to set a new password', () => {
  it.each([
    ['is too short', 'xk4-Qzw', 'TOO_SHORT'],
    ['is common', 'password1', 'TOO_COMMON'],
    ['is the address', 'EMAIL', 'CONTAINS_PERSONAL_INFORMATION'],
    ['is too long', 'w'.repeat(257), 'TOO_LONG'],
  ])('is not consumed by a password that %s', async (_, typed, problem) => {
    const { person, token } = await registerWithResetToken()
    const error = await expectRefused(token, typed === 'EMAIL' ? person.email : typed)
    expect(error).toMatchObject({ code: 'WEAK_PASSWORD', passwordProblems: [problem] })
    expect(await getRefusalReason(app, person.accessToken)).toBeUndefined()
    await signIn(app, person)
    expect((await resetPassword(app, token))?.__typename).toBe('User')
  })

  it('works for 30 minutes; a new request sends another link', async () => {
    const { person, token } = await registerWithResetToken()
    app.clock.advance('29m')
    expect((await expectRefused(token, 'short')).code).toBe('WEAK_PASSWORD')
    app.clock.advance('1m')
    expect((await expectRefused(token, 'short')).code).toBe('TOKEN_EXPIRED')
    expect((await expectRefused(token)).code).toBe('TOKEN_EXPIRED')
    await signIn(app, person)

    await requestPasswordReset(app, person.email)
    const next = await getMailedToken(app, person.email)
    expect((await expectRefused(token)).code).toBe('INVALID_TOKEN')
    expect((await resetPassword(app, next))?.__typename).toBe('User')
  })

  it.each(['', 'nonsense', 'A'.repeat(43), 'A'.repeat(20_000)])(
    'with an unknown token is INVALID_TOKEN (%#)',
    async (token) => {
      expect((await expectRefused(token)).code).toBe('INVALID_TOKEN')
    },
  )

  it('does not work while the account is disabled', async () => {
    const { person, token } = await registerWithResetToken()
    await app.app.services.users.disable(person.id)
    expect((await expectRefused(token)).code).toBe('INVALID_TOKEN')
    await app.app.services.users.enable(person.id)
    await signIn(app, person)
    expect((await resetPassword(app, token))?.__typename).toBe('User')
  })
})

describe('a request', () => {
  it.each(['a known account', 'no account', 'a disabled account'])(
    'for the address of %s gets the same answer and costs one row',
    async (whose) => {
      const isKnown = whose === 'a known account'
      const person = whose === 'no account' ? null : await registerPerson(app)
      if (person && !isKnown) await app.app.services.users.disable(person.id)
      const email = person?.email ?? newEmail()
      const before = (await listMailTo(app, email)).length
      const { result, touched } = await trackChanges(app, () => requestPasswordReset(app, email))
      const data = { requestPasswordReset: { email, tokenLifetime: 1_800 } }
      expect(result.text).toBe(`${JSON.stringify({ data })}\n`)
      expect(touched).toEqual(['outbox_messages'])

      const newMails = (await listMailTo(app, email)).slice(before)
      expect(newMails.map(({ kind }) => kind)).toEqual(isKnown ? ['RESET_PASSWORD'] : [])
      const [url] = newMails.map((mail) => mail.url)
      if (isKnown) expect(url).toMatch(/^http:\/\/localhost:4000\/reset-password\?token=/)
      const purpose = 'RESET_PASSWORD' as const
      const where = { userId: person?.id ?? '', purpose }
      if (person) expect(await app.db.oneTimeToken.count({ where })).toBe(isKnown ? 1 : 0)
      const waiting = { recipient: email, status: 'WAITING' as const }
      expect(await app.db.outboxMessage.count({ where: waiting })).toBe(0)
      const events = person ? await findAuditEvents(app, person.id) : []
      const requests = events.filter(({ type }) => type === 'PASSWORD_RESET_REQUESTED')
      expect(requests).toHaveLength(isKnown ? 1 : 0)
    },
  )

  it.each(['', 'no address', 'ana@', '@example.com'])(
    'for an invalid address is refused and writes nothing (%#)',
    async (typed) => {
      const { result, touched } = await trackChanges(app, () => requestPasswordReset(app, typed))
      expect(result.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
      expect(touched).toEqual([])
    },
  )
})
