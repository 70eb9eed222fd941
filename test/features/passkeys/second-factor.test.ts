// With MFA=required, a password and a passkey are both needed, or the passkey alone.
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { createAuthenticator, type Authenticator } from '../../support/app/authenticator.js'
import { registerPerson, type Person } from '../../support/app/client.js'
import { decodeJwt } from '../../support/app/jwt.js'
import {
  addPasskey,
  beginLogin,
  outcomeOf,
  run,
  signInWithPasskey,
} from '../../support/app/passkeys.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp({ env: { MFA: 'required' } })
afterAll(app.close)

interface MfaRequired {
  readonly challengeToken: string
  readonly passkeyOptions: object
}

/** The first step of a sign-in: the right password. */
async function beginSignIn({ email, password }: Person) {
  const result = await run(app, 'login', { email, password })
  expect(result).toMatchObject({ __typename: 'MfaRequired', mfaMethods: ['PASSKEY'] })
  return result as unknown as MfaRequired
}

const verify = ({ challengeToken }: MfaRequired, passkeyResponse: unknown) =>
  run(app, 'verifyMfa', { challengeToken, method: 'PASSKEY', passkeyResponse })

async function createPerson() {
  const person = await registerPerson(app)
  const { authenticator, passkey } = await addPasskey(app, person)
  return { person, authenticator, passkey }
}

describe('a password and a passkey', () => {
  it('sign in: amr is pwd, pop, user, mfa', async () => {
    const { person, authenticator, passkey } = await createPerson()
    const challenge = await beginSignIn(person)
    expect(challenge.passkeyOptions).toMatchObject({
      ...{ rpId: 'localhost', userVerification: 'required', timeout: 300_000 },
      allowCredentials: [{ id: passkey.credentialId, type: 'public-key' }],
    })
    const result = await verify(challenge, authenticator.get(challenge.passkeyOptions))
    expect(result).toMatchObject({ session: { authenticationMethods: ['PASSWORD', 'PASSKEY'] } })
    const { claims } = decodeJwt(String(result['accessToken']))
    expect(claims['amr']).toEqual(['pwd', 'pop', 'user', 'mfa'])
    const [stored] = await app.db.passkey.findMany({ where: { userId: person.id } })
    expect(stored?.counter).toBe(1n)
  })

  it('need no user handle: the user is known', async () => {
    const { person, authenticator } = await createPerson()
    const challenge = await beginSignIn(person)
    const lie = { response: { userHandle: undefined } }
    const response = authenticator.get(challenge.passkeyOptions, lie)
    expect(outcomeOf(await verify(challenge, response))).toBe('AuthPayload')
  })

  it('sign in once', async () => {
    const { person, authenticator } = await createPerson()
    const challenge = await beginSignIn(person)
    const response = authenticator.get(challenge.passkeyOptions)
    expect(outcomeOf(await verify(challenge, response))).toBe('AuthPayload')
    expect(outcomeOf(await verify(challenge, response))).toBe('INVALID_CHALLENGE')
  })
})

describe('a second factor is refused, and recorded, for', () => {
  type Answer = (own: Authenticator, challenge: MfaRequired) => Promise<unknown>
  const answers: [string, Answer][] = [
    ['nothing', async () => null],
    [
      'a forged signature',
      async (own, { passkeyOptions }) => own.get(passkeyOptions, { tamper: true }),
    ],
    [
      'a user who was not verified',
      async (own, { passkeyOptions }) => own.get(passkeyOptions, { uv: false }),
    ],
    [
      'the user handle of another user',
      async (own, { passkeyOptions }) => own.get(passkeyOptions, { userHandle: 'QUJD' }),
    ],
    ['a response to beginPasskeyLogin', async (own) => own.get((await beginLogin(app)).options)],
    [
      'a response to another sign-in',
      async (own) => {
        const other = await createPerson()
        const { passkeyOptions } = await beginSignIn(other.person)
        return own.get({ ...passkeyOptions, allowCredentials: [] })
      },
    ],
    [
      'the passkey of another user',
      async (_, { passkeyOptions }) => {
        const other = await createPerson()
        return other.authenticator.get({ ...passkeyOptions, allowCredentials: [] })
      },
    ],
    [
      'a passkey that no user has',
      async (_, { passkeyOptions }) => {
        const stranger = createAuthenticator()
        const user = { id: 'x' }
        stranger.create({ rp: { id: 'localhost' }, user, challenge: '', excludeCredentials: [] })
        return stranger.get({ ...passkeyOptions, allowCredentials: [] })
      },
    ],
  ]

  it.each(answers)('%s', async (_, answer) => {
    const { person, authenticator } = await createPerson()
    const challenge = await beginSignIn(person)
    const response = await answer(authenticator, challenge)
    const { result, touched } = await trackChanges(app, () => verify(challenge, response))
    expect(result).toMatchObject({ code: 'INVALID_MFA_CODE', attemptsRemaining: 4 })
    expect(touched).toEqual(['audit_events', 'mfa_challenges'])
    expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
      ...{ type: 'LOGIN', success: false },
    })
    const honest = authenticator.get(challenge.passkeyOptions)
    expect(outcomeOf(await verify(challenge, honest))).toBe('AuthPayload')
  })

  it('a passkey that was removed meanwhile', async () => {
    const { person, authenticator, passkey } = await createPerson()
    await addPasskey(app, person)
    const challenge = await beginSignIn(person)
    const response = authenticator.get(challenge.passkeyOptions)
    await run(app, 'deletePasskey', { passkeyId: passkey.id }, person.accessToken)
    expect(outcomeOf(await verify(challenge, response))).toBe('INVALID_MFA_CODE')
  })

  it('a cloned authenticator', async () => {
    const { person, authenticator, passkey } = await createPerson()
    await app.db.passkey.update({ where: { id: passkey.id }, data: { counter: 5 } })
    const challenge = await beginSignIn(person)
    const response = authenticator.get(challenge.passkeyOptions, { counter: 5 })
    const { result, touched } = await trackChanges(app, () => verify(challenge, response))
    expect(outcomeOf(result)).toBe('INVALID_CHALLENGE')
    expect(touched).toEqual(['audit_events', 'mfa_challenges'])
  })
})

it('a response to MfaRequired is no sign-in by itself', async () => {
  const { person, authenticator } = await createPerson()
  const challenge = await beginSignIn(person)
  const response = authenticator.get(challenge.passkeyOptions)
  for (const challengeToken of [challenge.challengeToken, (await beginLogin(app)).challengeToken]) {
    const result = await run(app, 'finishPasskeyLogin', { challengeToken, response })
    expect(outcomeOf(result)).toMatch(/^INVALID_/)
  }
})

it('a passkey alone is enough: it proves two factors', async () => {
  const { authenticator } = await createPerson()
  expect(outcomeOf(await signInWithPasskey(app, authenticator))).toBe('AuthPayload')
})

it('where a second factor is optional, a passkey does not turn it on', async () => {
  const optional = await startApp()
  const person = await registerPerson(optional)
  await addPasskey(optional, person)
  const { email, password } = person
  expect(outcomeOf(await run(optional, 'login', { email, password }))).toBe('AuthPayload')
  await optional.close()
})
