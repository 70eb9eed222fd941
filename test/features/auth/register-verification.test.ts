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
  failure,
  goodPassword,
  newEmail,
  succeeded,
  type CallOptions,
} from '../../support/app/client.js'
import { forwarded, newPlace } from '../../support/app/limits.js'
import { seenBy } from '../../support/app/look-alike.js'
import { lastMailTo, mailTo, tokenFor } from '../../support/mail/mail.js'
import { anotherPassword, verifyEmail } from '../../support/mail/mailed-links.js'
import { auditOf, watch } from '../../support/database/watch.js'

const app = await startApp({ env: { EMAIL_VERIFICATION: 'required', TRUST_PROXY: '1' } })
afterAll(app.close)

const register = (input: Partial<RegisterInput> & { email: string }, options?: CallOptions) =>
  call(app, RegisterDocument, { input: { password: goodPassword, ...input } }, options)

const login = async (email: string, password: string) =>
  (await call(app, LoginDocument, { input: { email, password } })).data?.login

const userOf = (email: string) => app.db.user.findUniqueOrThrow({ where: { email } })

// All of one length, which the answer has in a header.
let people = 1_000
const newAddress = () => `person.${(people += 1)}@example.com`

/** An account that has received its link. */
async function registered() {
  const email = newAddress()
  await register({ email })
  return { email, token: await tokenFor(app, email) }
}

async function verified() {
  const { email, token } = await registered()
  await verifyEmail(app, { token, password: goodPassword })
  return { email }
}

async function disabled() {
  const { email } = await verified()
  await app.app.services.users.disable((await userOf(email)).id)
  return { email }
}

describe('registering, where addresses have to be verified first', () => {
  it('makes an account, mails a link, and signs nobody in', async () => {
    const email = newEmail()
    const { result, touched } = await watch(app, () => register({ email, locale: 'de' }))
    const answer = { register: { __typename: 'EmailVerificationRequired', email } }
    expect(result.data).toEqual(answer)
    expect(touched).toEqual(['audit_events', 'outbox_messages', 'password_credentials', 'users'])
    const user = await userOf(email)
    expect(user).toMatchObject({ emailVerifiedAt: null, lastLoginAt: null, locale: 'de' })
    expect(await auditOf(app, user.id)).toMatchObject([
      { type: 'USER_REGISTERED', actorId: user.id, sessionId: null, success: true },
    ])
    const { kind, subject } = await lastMailTo(app, email)
    expect(kind).toBe('VERIFY_EMAIL')
    expect(subject).toMatch(/^Bestätigen/)
  })

  it.each([
    ['is unverified', registered],
    ['is verified', verified],
    ['is disabled', disabled],
  ])('a new address and one whose account %s get the same answer', async (_, takenBy) => {
    const { email } = await takenBy()
    for (const refreshTokenTransport of ['BODY', 'COOKIE'] as const) {
      const look = async (address: string) => {
        const options = { headers: forwarded(newPlace()) }
        const answer = await register({ email: address, refreshTokenTransport }, options)
        return seenBy(answer, address)
      }
      const fresh = await look(newAddress())
      expect(await look(email)).toEqual(fresh)
      expect(await look(email.toUpperCase())).toMatchObject({ status: fresh.status })
      expect(fresh.told.map(([name]) => name)).not.toContain('set-cookie')
    }
  })

  it('a user name is INVALID_INPUT: a taken address would reserve none', async () => {
    for (const { email } of [await verified(), { email: newAddress() }]) {
      const { result, touched } = await watch(app, () => register({ email, username: 'Somebody' }))
      const problems = [{ path: ['input', 'username'] }]
      expect(failure(result.data?.register)).toMatchObject({ code: 'INVALID_INPUT', problems })
      expect(touched).toEqual([])
    }
  })

  it('is announced in the settings', async () => {
    const { data } = await call(app, AuthSettingsDocument, {})
    expect(data?.authSettings?.emailVerificationRequired).toBe(true)
  })
})

describe('registering the address of an account leaves the account as it is', () => {
  const again = { password: anotherPassword, name: 'Mallory', locale: 'es' }

  it('and tells the owner, when it is verified', async () => {
    const { email } = await verified()
    const before = (await mailTo(app, email)).length
    const { touched } = await watch(app, () => register({ email, ...again }))
    expect(touched).toEqual(['audit_events', 'outbox_messages'])
    const told = (await mailTo(app, email)).slice(before)
    expect(told).toMatchObject([{ kind: 'ADDRESS_TAKEN', url: null }])
    expect(told[0]?.subject).toBe('You already have an account at Latchkey')
    expect(told[0]?.text).not.toContain('Mallory')
    expect(failure(await login(email, anotherPassword)).code).toBe('INVALID_CREDENTIALS')
    succeeded(await login(email, goodPassword))
    const attempt = { type: 'USER_REGISTERED', success: false, actorId: null }
    const events = await auditOf(app, (await userOf(email)).id)
    expect(events.filter(({ success }) => !success)).toMatchObject([
      attempt,
      { type: 'LOGIN', success: false },
    ])
  })

  it('and mails the link again, when it is not; the first password stays', async () => {
    const { email, token } = await registered()
    const { touched } = await watch(app, () => register({ email, ...again }))
    expect(touched).toEqual(['audit_events', 'outbox_messages'])
    const next = await tokenFor(app, email)
    expect(next).not.toBe(token)
    expect(await userOf(email)).toMatchObject({ name: null, locale: null, emailVerifiedAt: null })
    const refused = await verifyEmail(app, { token: next, password: anotherPassword })
    expect(failure(refused).code).toBe('INVALID_CREDENTIALS')
    const result = await verifyEmail(app, { token: next, password: goodPassword })
    expect(result).toMatchObject({ email, emailVerified: true })
    expect(failure(await login(email, anotherPassword)).code).toBe('INVALID_CREDENTIALS')
    succeeded(await login(email, goodPassword))
  })

  it('and mails nothing, when it is disabled', async () => {
    const { email } = await disabled()
    const before = (await mailTo(app, email)).length
    await register({ email, ...again })
    expect(await mailTo(app, email)).toHaveLength(before)
  })
})
