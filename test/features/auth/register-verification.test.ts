import { afterAll, describe, expect, it } from 'vitest'
import {
  AuthSettingsDocument,
  LoginDocument,
  RegisterDocument,
  type RegisterInput,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  newEmail,
  getAuthPayload,
  type CallOptions,
} from '../../support/app/client.js'
import { forwardedFor, newIp } from '../../support/app/rate-limits.js'
import { clientViewOf } from '../../support/app/client-view.js'
import { getLastMailTo, listMailTo, getMailedToken } from '../../support/mail/mail.js'
import { anotherPassword, verifyEmail } from '../../support/mail/mailed-links.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp({ env: { EMAIL_VERIFICATION: 'required', TRUST_PROXY: '1' } })
afterAll(app.close)

const register = (input: Partial<RegisterInput> & { email: string }, options?: CallOptions) =>
  call(app, RegisterDocument, { input: { password: goodPassword, ...input } }, options)

const login = async (email: string, password: string) =>
  (await call(app, LoginDocument, { input: { email, password } })).data?.login

const userOf = (email: string) => app.db.user.findUniqueOrThrow({ where: { email } })

// All have the same length, because the answer has the length in a header.
let emailCount = 1_000
const newFixedLengthEmail = () => `person.${(emailCount += 1)}@example.com`

/** An account that has received its link. */
async function registerUnverified() {
  const email = newFixedLengthEmail()
  await register({ email })
  return { email, token: await getMailedToken(app, email) }
}

async function registerVerified() {
  const { email, token } = await registerUnverified()
  await verifyEmail(app, { token, password: goodPassword })
  return { email }
}

async function registerDisabled() {
  const { email } = await registerVerified()
  await app.app.services.users.disable((await userOf(email)).id)
  return { email }
}

describe('registration with required verification', () => {
  it('creates an account, sends a link and starts no session', async () => {
    const email = newEmail()
    const { result, touched } = await trackChanges(app, () => register({ email, locale: 'de' }))
    const answer = { register: { __typename: 'EmailVerificationRequired', email } }
    expect(result.data).toEqual(answer)
    expect(touched).toEqual(['audit_events', 'outbox_messages', 'password_credentials', 'users'])
    const user = await userOf(email)
    expect(user).toMatchObject({ emailVerifiedAt: null, lastLoginAt: null, locale: 'de' })
    expect(await findAuditEvents(app, user.id)).toMatchObject([
      { type: 'USER_REGISTERED', actorId: user.id, sessionId: null, success: true },
    ])
    const { kind, subject } = await getLastMailTo(app, email)
    expect(kind).toBe('VERIFY_EMAIL')
    expect(subject).toMatch(/^Bestätigen/)
  })

  it.each([
    ['is unverified', registerUnverified],
    ['is verified', registerVerified],
    ['is disabled', registerDisabled],
  ])(
    'a new address and the address of an account that %s get the same answer',
    async (_, takenBy) => {
      const { email } = await takenBy()
      for (const refreshTokenTransport of ['BODY', 'COOKIE'] as const) {
        const observeRegistration = async (typedEmail: string) => {
          const options = { headers: forwardedFor(newIp()) }
          const answer = await register({ email: typedEmail, refreshTokenTransport }, options)
          return clientViewOf(answer, typedEmail)
        }
        const fresh = await observeRegistration(newFixedLengthEmail())
        expect(await observeRegistration(email)).toEqual(fresh)
        expect(await observeRegistration(email.toUpperCase())).toMatchObject({
          status: fresh.status,
        })
        expect(fresh.headers.map(([name]) => name)).not.toContain('set-cookie')
      }
    },
  )

  it('a user name is INVALID_INPUT, because a taken address would not reserve it', async () => {
    for (const { email } of [await registerVerified(), { email: newFixedLengthEmail() }]) {
      const { result, touched } = await trackChanges(app, () =>
        register({ email, username: 'Somebody' }),
      )
      const problems = [{ path: ['input', 'username'] }]
      expect(getAuthError(result.data?.register)).toMatchObject({ code: 'INVALID_INPUT', problems })
      expect(touched).toEqual([])
    }
  })

  it('is visible in authSettings', async () => {
    const { data } = await call(app, AuthSettingsDocument, {})
    expect(data?.authSettings?.emailVerificationRequired).toBe(true)
  })
})

describe('registering the address of an account does not change the account', () => {
  const repeatedInput = { password: anotherPassword, name: 'Mallory', locale: 'es' }

  it('and notifies the owner of a verified address', async () => {
    const { email } = await registerVerified()
    const before = (await listMailTo(app, email)).length
    const { touched } = await trackChanges(app, () => register({ email, ...repeatedInput }))
    expect(touched).toEqual(['audit_events', 'outbox_messages'])
    const newMails = (await listMailTo(app, email)).slice(before)
    expect(newMails).toMatchObject([{ kind: 'ADDRESS_TAKEN', url: null }])
    expect(newMails[0]?.subject).toBe('You already have an account at Latchkey')
    expect(newMails[0]?.text).not.toContain('Mallory')
    expect(getAuthError(await login(email, anotherPassword)).code).toBe('INVALID_CREDENTIALS')
    getAuthPayload(await login(email, goodPassword))
    const attempt = { type: 'USER_REGISTERED', success: false, actorId: null }
    const events = await findAuditEvents(app, (await userOf(email)).id)
    expect(events.filter(({ success }) => !success)).toMatchObject([
      attempt,
      { type: 'LOGIN', success: false },
    ])
  })

  it('and sends the link again to an unverified address; the first password stays', async () => {
    const { email, token } = await registerUnverified()
    const { touched } = await trackChanges(app, () => register({ email, ...repeatedInput }))
    expect(touched).toEqual(['audit_events', 'outbox_messages'])
    const next = await getMailedToken(app, email)
    expect(next).not.toBe(token)
    expect(await userOf(email)).toMatchObject({ name: null, locale: null, emailVerifiedAt: null })
    const refused = await verifyEmail(app, { token: next, password: anotherPassword })
    expect(getAuthError(refused).code).toBe('INVALID_CREDENTIALS')
    const result = await verifyEmail(app, { token: next, password: goodPassword })
    expect(result).toMatchObject({ email, emailVerified: true })
    expect(getAuthError(await login(email, anotherPassword)).code).toBe('INVALID_CREDENTIALS')
    getAuthPayload(await login(email, goodPassword))
  })

  it('and sends no e-mail to a disabled account', async () => {
    const { email } = await registerDisabled()
    const before = (await listMailTo(app, email)).length
    await register({ email, ...repeatedInput })
    expect(await listMailTo(app, email)).toHaveLength(before)
  })
})
