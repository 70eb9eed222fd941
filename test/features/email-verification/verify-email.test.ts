import { afterAll, describe, expect, it } from 'vitest'
import { VerifyEmailDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  me,
  registerPerson,
  type Person,
} from '../../support/app/client.js'
import {
  forwardedFor,
  guessPassword,
  outcomeOf,
  registerFromIp,
  startRateLimitedApp,
} from '../../support/app/rate-limits.js'
import { getMailedToken } from '../../support/mail/mail.js'
import { requestVerification, verifyEmail } from '../../support/mail/mailed-links.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

/** A user who has just registered, and the token from the e-mail to them. */
async function registerWithToken() {
  const person = await registerPerson(app)
  return { person, token: await getMailedToken(app, person.email) }
}

const isVerified = async ({ id }: Person) =>
  (await app.db.user.findUniqueOrThrow({ where: { id } })).emailVerifiedAt !== null

const verificationEvents = async ({ id }: Person) =>
  (await findAuditEvents(app, id)).filter(({ type }) => type === 'EMAIL_VERIFIED')

interface Proof {
  readonly password: string | null
  readonly session: string | null
}

const verifyWithProof = (token: string, { password, session }: Proof) =>
  verifyEmail(app, { token, password }, { token: session })

const passwordProof: Proof = { password: goodPassword, session: null }
const noProof: Proof = { password: null, session: null }

describe('the mailed link verifies the address once', () => {
  it.each<[string, (person: Person) => Proof]>([
    ['with the password', () => passwordProof],
    ['in a session of the account', ({ accessToken: session }) => ({ password: null, session })],
  ])('%s', async (_, proofOf) => {
    const { person, token } = await registerWithToken()
    expect(await isVerified(person)).toBe(false)
    const { result, touched } = await trackChanges(app, () =>
      verifyWithProof(token, proofOf(person)),
    )
    const { id } = person
    expect(result).toMatchObject({ __typename: 'User', id, emailVerified: true })
    expect(touched).toEqual(['audit_events', 'one_time_tokens', 'users']) // verification does not sign in
    expect((await me(app, person.accessToken)).data?.me?.emailVerified).toBe(true)
    expect(await verificationEvents(person)).toMatchObject([
      { success: true, actorId: id, ipAddress: '127.0.0.1' },
    ])
    expect(await app.db.oneTimeToken.count({ where: { userId: id, usedHash: null } })).toBe(0)

    app.clock.advance('1m') // within a minute it is a duplicate
    await me(app, person.accessToken) // stores the last use of the session
    const again = await trackChanges(app, () => verifyWithProof(token, proofOf(person)))
    expect(getAuthError(again.result).code).toBe('INVALID_TOKEN')
    expect(again.touched).toEqual([])
  })
})

describe('the link alone verifies nothing and stays valid', () => {
  it.each<[string, (otherPerson: Person) => Proof]>([
    ['without password and session', () => noProof],
    ['with a wrong password', () => ({ ...noProof, password: 'not that one' })],
    ['with an empty password', () => ({ ...noProof, password: '' })],
    ['in a session of another account', ({ accessToken: session }) => ({ ...noProof, session })],
    ['with an invalid token', () => ({ ...noProof, session: 'no.token.atall' })],
  ])('%s', async (_, proofOf) => {
    const { person, token } = await registerWithToken()
    const otherPerson = await registerPerson(app)
    const proof = proofOf(otherPerson)
    const { result, touched } = await trackChanges(app, () => verifyWithProof(token, proof))
    expect(getAuthError(result).code).toBe('INVALID_CREDENTIALS')
    const counts = proof.password === null ? [] : ['known_addresses']
    expect(touched).toEqual(['audit_events', ...counts])
    expect(await isVerified(person)).toBe(false)
    expect(await isVerified(otherPerson)).toBe(false)
    expect(await verificationEvents(person)).toMatchObject([{ success: false, actorId: null }])
    expect((await verifyWithProof(token, passwordProof))?.__typename).toBe('User')
  })

  it('for a disabled account', async () => {
    const { person, token } = await registerWithToken()
    await app.app.services.users.disable(person.id)
    const { result, touched } = await trackChanges(app, () => verifyWithProof(token, passwordProof))
    expect(getAuthError(result).code).toBe('INVALID_TOKEN')
    expect(touched).toEqual([])
  })
})

it('the link works for 24 hours; a new request sends another link', async () => {
  const { person, token } = await registerWithToken()
  app.clock.advance('23h')
  expect(getAuthError(await verifyWithProof(token, noProof)).code).toBe('INVALID_CREDENTIALS')
  app.clock.advance('1h')
  const { result, touched } = await trackChanges(app, () => verifyWithProof(token, passwordProof))
  expect(getAuthError(result).code).toBe('TOKEN_EXPIRED')
  expect(touched).toEqual([])

  await requestVerification(app, person.email)
  const next = await getMailedToken(app, person.email)
  expect(next).not.toBe(token)
  expect(await verifyWithProof(next, passwordProof)).toMatchObject({ emailVerified: true })
})

it('a new request revokes the previous link', async () => {
  const { person, token } = await registerWithToken()
  await requestVerification(app, person.email)
  const next = await getMailedToken(app, person.email)
  const { result, touched } = await trackChanges(app, () => verifyWithProof(token, passwordProof))
  expect(getAuthError(result).code).toBe('INVALID_TOKEN')
  expect(touched).toEqual([])
  expect(await verifyWithProof(next, passwordProof)).toMatchObject({ emailVerified: true })
})

describe('password guesses through the link', async () => {
  const limited = await startRateLimitedApp()
  afterAll(limited.close)

  it('share the delay with guesses at sign-in, and a correct password ends it', async () => {
    const owner = await registerFromIp(limited)
    const token = await getMailedToken(limited, owner.email)
    const attempt = async (password: string) => {
      const options = { headers: forwardedFor(owner.ip) }
      const input = { token, password }
      return outcomeOf(await call(limited, VerifyEmailDocument, { input }, options))
    }
    for (let i = 0; i < 5; i += 1) expect(await attempt('a guess')).toBe('INVALID_CREDENTIALS')
    expect(await attempt(owner.password)).toBe('RATE_LIMITED 1')
    expect(await guessPassword(limited, owner)).toBe('RATE_LIMITED 1')
    limited.clock.advance('1s')
    expect(await attempt(owner.password)).toBe('User')
    for (let i = 0; i < 4; i += 1) {
      expect(await guessPassword(limited, { email: owner.email, ip: owner.ip })).toBe(
        'INVALID_CREDENTIALS',
      )
    }
    expect(await guessPassword(limited, owner)).toBe('AuthPayload')
  })
})
