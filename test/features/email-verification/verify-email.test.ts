import { afterAll, describe, expect, it } from 'vitest'
import { VerifyEmailDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  failure,
  goodPassword,
  me,
  registerPerson,
  type Person,
} from '../../support/app/client.js'
import { forwarded, guess, outcomeOf, ownerAt, startLimitedApp } from '../../support/app/limits.js'
import { tokenFor } from '../../support/mail/mail.js'
import { askForVerification, verifyEmail } from '../../support/mail/mailed-links.js'
import { auditOf, watch } from '../../support/database/watch.js'

const app = await startApp()
afterAll(app.close)

/** Somebody who has just registered, and the token in the message to them. */
async function newcomer() {
  const person = await registerPerson(app)
  return { person, token: await tokenFor(app, person.email) }
}

const isVerified = async ({ id }: Person) =>
  (await app.db.user.findUniqueOrThrow({ where: { id } })).emailVerifiedAt !== null

const verifications = async ({ id }: Person) =>
  (await auditOf(app, id)).filter(({ type }) => type === 'EMAIL_VERIFIED')

interface Proof {
  readonly password: string | null
  readonly session: string | null
}

const open = (token: string, { password, session }: Proof) =>
  verifyEmail(app, { token, password }, { token: session })

const byPassword: Proof = { password: goodPassword, session: null }
const none: Proof = { password: null, session: null }

describe('the mailed link verifies the address once', () => {
  it.each<[string, (person: Person) => Proof]>([
    ['with the password', () => byPassword],
    ['in a session of the account', ({ accessToken: session }) => ({ password: null, session })],
  ])('%s', async (_, proofOf) => {
    const { person, token } = await newcomer()
    expect(await isVerified(person)).toBe(false)
    const { result, touched } = await watch(app, () => open(token, proofOf(person)))
    const { id } = person
    expect(result).toMatchObject({ __typename: 'User', id, emailVerified: true })
    expect(touched).toEqual(['audit_events', 'one_time_tokens', 'users']) // it signs nobody in
    expect((await me(app, person.accessToken)).data?.me?.emailVerified).toBe(true)
    expect(await verifications(person)).toMatchObject([
      { success: true, actorId: id, ipAddress: '127.0.0.1' },
    ])
    expect(await app.db.oneTimeToken.count({ where: { userId: id, usedHash: null } })).toBe(0)

    app.clock.advance('1m') // within a minute it is a repeat
    await me(app, person.accessToken) // notes that the session is in use
    const again = await watch(app, () => open(token, proofOf(person)))
    expect(failure(again.result).code).toBe('INVALID_TOKEN')
    expect(again.touched).toEqual([])
  })
})

describe('the link alone verifies nothing, and stays good', () => {
  it.each<[string, (stranger: Person) => Proof]>([
    ['without password and session', () => none],
    ['with a wrong password', () => ({ ...none, password: 'not that one' })],
    ['with an empty password', () => ({ ...none, password: '' })],
    ['in a session of another account', ({ accessToken: session }) => ({ ...none, session })],
    ['with a token that is none', () => ({ ...none, session: 'no.token.atall' })],
  ])('%s', async (_, proofOf) => {
    const { person, token } = await newcomer()
    const stranger = await registerPerson(app)
    const proof = proofOf(stranger)
    const { result, touched } = await watch(app, () => open(token, proof))
    expect(failure(result).code).toBe('INVALID_CREDENTIALS')
    const counts = proof.password === null ? [] : ['known_addresses']
    expect(touched).toEqual(['audit_events', ...counts])
    expect(await isVerified(person)).toBe(false)
    expect(await isVerified(stranger)).toBe(false)
    expect(await verifications(person)).toMatchObject([{ success: false, actorId: null }])
    expect((await open(token, byPassword))?.__typename).toBe('User')
  })

  it('nor does it for a disabled account', async () => {
    const { person, token } = await newcomer()
    await app.app.services.users.disable(person.id)
    const { result, touched } = await watch(app, () => open(token, byPassword))
    expect(failure(result).code).toBe('INVALID_TOKEN')
    expect(touched).toEqual([])
  })
})

it('the link works for 24 hours; asked again, another one comes', async () => {
  const { person, token } = await newcomer()
  app.clock.advance('23h')
  expect(failure(await open(token, none)).code).toBe('INVALID_CREDENTIALS')
  app.clock.advance('1h')
  const { result, touched } = await watch(app, () => open(token, byPassword))
  expect(failure(result).code).toBe('TOKEN_EXPIRED')
  expect(touched).toEqual([])

  await askForVerification(app, person.email)
  const next = await tokenFor(app, person.email)
  expect(next).not.toBe(token)
  expect(await open(next, byPassword)).toMatchObject({ emailVerified: true })
})

it('a new request replaces the link before, which is then worth nothing', async () => {
  const { person, token } = await newcomer()
  await askForVerification(app, person.email)
  const next = await tokenFor(app, person.email)
  const { result, touched } = await watch(app, () => open(token, byPassword))
  expect(failure(result).code).toBe('INVALID_TOKEN')
  expect(touched).toEqual([])
  expect(await open(next, byPassword)).toMatchObject({ emailVerified: true })
})

describe('guesses at the password by way of the link', async () => {
  const limited = await startLimitedApp()
  afterAll(limited.close)

  it('are slowed down together with those at sign-in, and a right one ends the wait', async () => {
    const owner = await ownerAt(limited)
    const token = await tokenFor(limited, owner.email)
    const attempt = async (password: string) => {
      const options = { headers: forwarded(owner.from) }
      const input = { token, password }
      return outcomeOf(await call(limited, VerifyEmailDocument, { input }, options))
    }
    for (let i = 0; i < 5; i += 1) expect(await attempt('a guess')).toBe('INVALID_CREDENTIALS')
    expect(await attempt(owner.password)).toBe('RATE_LIMITED 1')
    expect(await guess(limited, owner)).toBe('RATE_LIMITED 1')
    limited.clock.advance('1s')
    expect(await attempt(owner.password)).toBe('User')
    for (let i = 0; i < 4; i += 1) {
      expect(await guess(limited, { email: owner.email, from: owner.from })).toBe(
        'INVALID_CREDENTIALS',
      )
    }
    expect(await guess(limited, owner)).toBe('AuthPayload')
  })
})
