import { afterAll, describe, expect, it } from 'vitest'
import {
  AuthSettingsDocument,
  RegisterDocument,
  UpdateProfileDocument,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  goodPassword,
  me,
  newEmail,
  registerPerson,
  getAuthPayload,
  type Person,
} from '../../support/app/client.js'
import { getLastMailTo, listMailTo, getMailedToken } from '../../support/mail/mail.js'
import { requestVerification, verifyEmail } from '../../support/mail/mailed-links.js'
import { trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const verify = async ({ email, password }: Person) =>
  verifyEmail(app, { token: await getMailedToken(app, email), password })

it('registration signs in at once and sends one e-mail with a link', async () => {
  const { data } = await call(app, AuthSettingsDocument, {})
  expect(data?.authSettings?.emailVerificationRequired).toBe(false)
  const { email, accessToken } = await registerPerson(app)
  expect((await me(app, accessToken)).data?.me).toMatchObject({ email, emailVerified: false })
  const waiting = await app.db.outboxMessage.findMany({ where: { recipient: email } })
  expect(waiting).toMatchObject([{ kind: 'VERIFY_EMAIL', status: 'WAITING', sealedToken: null }])
  const [mail, ...more] = await listMailTo(app, email)
  expect(more).toEqual([])
  expect(mail).toMatchObject({ kind: 'VERIFY_EMAIL', to: email })
  expect(mail?.url).toMatch(/^http:\/\/localhost:4000\/verify-email\?token=[\w-]{43}$/)
})

describe('a new request', () => {
  const accountStates = ['an unverified', 'a verified', 'a disabled', 'no'] as const

  async function emailFor(accountState: (typeof accountStates)[number]) {
    if (accountState === 'no') return newEmail()
    const person = await registerPerson(app)
    if (accountState === 'a verified') await verify(person)
    if (accountState === 'a disabled') await app.app.services.users.disable(person.id)
    await app.deliver()
    return person.email
  }

  it.each(accountStates)(
    'for the address of %s account gets the same answer',
    async (accountState) => {
      const email = await emailFor(accountState)
      const { result, touched } = await trackChanges(app, () => requestVerification(app, email))
      const data = { requestEmailVerification: { email, tokenLifetime: 86_400 } }
      expect(result.text).toBe(`${JSON.stringify({ data })}\n`)
      expect(touched).toEqual(['outbox_messages'])
      const [row] = await app.db.outboxMessage.findMany({
        where: { recipient: email, status: 'WAITING' },
      })
      expect(row).toMatchObject({ kind: 'VERIFY_EMAIL', details: {}, sealedToken: null })
    },
  )

  it.each(accountStates)(
    'sends an e-mail only to an unverified address: %s',
    async (accountState) => {
      const email = await emailFor(accountState)
      const before = (await listMailTo(app, email)).length
      await requestVerification(app, email)
      const { touched } = await trackChanges(app, app.deliver)
      const [mail] = (await listMailTo(app, email)).slice(before)
      const isSent = accountState === 'an unverified'
      expect(mail?.kind).toBe(isSent ? 'VERIFY_EMAIL' : undefined)
      expect(touched).toEqual(isSent ? ['one_time_tokens', 'outbox_messages'] : ['outbox_messages'])
      const waiting = { recipient: email, status: 'WAITING' as const }
      expect(await app.db.outboxMessage.count({ where: waiting })).toBe(0)
    },
  )

  it('finds the account for every spelling of the address', async () => {
    const { email } = await registerPerson(app)
    const before = (await listMailTo(app, email)).length
    const { data } = await requestVerification(app, email.toUpperCase())
    expect(data?.requestEmailVerification?.email).toBe(email)
    expect(await listMailTo(app, email)).toHaveLength(before + 1)
  })

  it.each(['', 'no address', 'ana@', 'ana@exa mple.com', 'ana@example.com\r\nBcc: b@example.com'])(
    'for an invalid address is refused and writes nothing (%#)',
    async (typed) => {
      const { result, touched } = await trackChanges(app, () => requestVerification(app, typed))
      expect(result.data?.requestEmailVerification).toBeNull()
      expect(result.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
      expect(touched).toEqual([])
    },
  )
})

describe('the e-mail is in the language of the account', () => {
  it.each([
    ['de-AT', 'Bestätigen Sie Ihre Adresse für Latchkey'],
    ['es', 'Confirme su dirección para Latchkey'],
    ['en-GB', 'Confirm your address for Latchkey'],
    ['fr', 'Confirm your address for Latchkey'],
    [null, 'Confirm your address for Latchkey'],
  ])('%s', async (locale, subject) => {
    const input = { email: newEmail(), password: goodPassword, locale }
    await call(app, RegisterDocument, { input })
    expect((await getLastMailTo(app, input.email)).subject).toBe(subject)
  })

  it('at the time of a repeated request', async () => {
    const input = { email: newEmail(), password: goodPassword, locale: 'de' }
    const { data } = await call(app, RegisterDocument, { input })
    const { accessToken: token } = getAuthPayload(data?.register)
    await app.deliver()
    await call(app, UpdateProfileDocument, { input: { locale: 'es' } }, { token })
    await requestVerification(app, input.email)
    expect((await getLastMailTo(app, input.email)).subject).toMatch(/^Confirme/)
  })
})
