import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { algorithms, createAuthenticator } from '../../support/app/authenticator.js'
import { call, refresh, registerPerson, getAuthPayload } from '../../support/app/client.js'
import { decodeJwt } from '../../support/app/jwt.js'
import {
  addPasskey,
  beginLogin,
  beginRegistration,
  outcomeOf,
  run,
  signInWithPasskey,
} from '../../support/app/passkeys.js'
import { findAuditEvents } from '../../support/database/track-changes.js'
import { getLastMailTo } from '../../support/mail/mail.js'

const app = await startApp()
afterAll(app.close)

describe('a registration', () => {
  it('offers the options that an authenticator needs, without personal data in the user handle', async () => {
    const person = await registerPerson(app)
    const { authenticator, passkey } = await addPasskey(app, person)
    const { options } = await beginRegistration(app, person)
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'Latchkey' },
      user: {
        id: Buffer.from(person.id.replaceAll('-', ''), 'hex').toString('base64url'),
        name: person.email,
        displayName: person.email,
      },
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
      timeout: 300_000,
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [
        { id: passkey.credentialId, type: 'public-key', transports: ['internal'] },
      ],
    })
    expect(() => authenticator.create(options)).toThrow('already registered')
  })

  it.each(Object.keys(algorithms) as (keyof typeof algorithms)[])(
    'with %s adds a passkey that signs in',
    async (algorithm) => {
      const person = await registerPerson(app)
      const authenticator = createAuthenticator({ algorithm })
      await addPasskey(app, person, { authenticator })
      expect(outcomeOf(await signInWithPasskey(app, authenticator))).toBe('AuthPayload')
    },
  )

  it('is recorded and announced by e-mail, and the session counts as signed in with the passkey', async () => {
    const person = await registerPerson(app)
    const { passkey } = await addPasskey(app, person, { input: { name: '  Ana’s phone ' } })
    expect(passkey).toMatchObject({ name: 'Ana’s phone', backedUp: false, lastUsedAt: null })
    const { id, sessionId } = person
    expect((await findAuditEvents(app, id)).at(-1)).toMatchObject({
      ...{ type: 'PASSKEY_ADDED', success: true, actorId: id, sessionId },
    })
    const mail = await getLastMailTo(app, person.email)
    expect(mail.subject).toBe('A passkey for Latchkey has been added')
    expect(mail.url).toBeNull()
    const { accessToken } = getAuthPayload(await refresh(app, person.refreshToken))
    expect(decodeJwt(accessToken).claims['amr']).toEqual(['pwd', 'pop', 'user', 'mfa'])
  })

  it('keeps the presence proof: the user can add another passkey at once', async () => {
    const person = await registerPerson(app)
    await addPasskey(app, person)
    await addPasskey(app, person)
    expect(await app.db.passkey.count({ where: { userId: person.id } })).toBe(2)
  })

  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    ['', 'Passkey'],
  ])('without a name from %j is called %s', async (userAgent, name) => {
    const person = await registerPerson(app)
    const { challengeToken, options } = await beginRegistration(app, person)
    const input = { challengeToken, response: createAuthenticator().create(options) }
    const headers = { 'user-agent': userAgent }
    const { accessToken } = person
    const result = await run(app, 'finishPasskeyRegistration', input, accessToken, { headers })
    expect(result).toMatchObject({ name })
  })

  it.each(['', ' ', 'x'.repeat(101), 'line\nbreak', '\u202e'])(
    'refuses the name %j',
    async (name) => {
      const { accessToken } = await registerPerson(app)
      const result = await run(app, 'beginPasskeyRegistration', { name }, accessToken)
      expect(result).toMatchObject({
        code: 'INVALID_INPUT',
        problems: [{ path: ['input', 'name'] }],
      })
    },
  )

  it('keeps a name of 100 characters of four bytes', async () => {
    const name = '🗝'.repeat(100)
    const { passkey } = await addPasskey(app, await registerPerson(app), { input: { name } })
    expect(passkey.name).toBe(name)
  })

  it('is refused for an account with 20 passkeys, at the begin and at the finish', async () => {
    const person = await registerPerson(app)
    const begun = await beginRegistration(app, person)
    for (let i = 0; i < 20; i += 1) await addPasskey(app, person)
    const { accessToken } = person
    const finish = {
      challengeToken: begun.challengeToken,
      response: createAuthenticator().create(begun.options),
    }
    for (const result of [
      await run(app, 'beginPasskeyRegistration', {}, accessToken),
      await run(app, 'finishPasskeyRegistration', finish, accessToken),
    ]) {
      expect(result).toMatchObject({ code: 'INVALID_INPUT', problems: [{ path: ['input'] }] })
    }
    expect(await app.db.passkey.count({ where: { userId: person.id } })).toBe(20)
  })

  it('stores only known transports, each once', async () => {
    const transports = [{}, 'x'.repeat(9_999), 'usb', 'usb', 'nfc', null]
    const lie = { response: { transports } }
    const { passkey } = await addPasskey(app, await registerPerson(app), { lie })
    expect(passkey.transports.toSorted()).toEqual(['nfc', 'usb'])
  })
})

describe('a registration without a question to the user (conditional create)', () => {
  const conditional = { input: { conditional: true }, lie: { up: false, uv: false } }

  it('adds a passkey that signs in, but does not count for the session', async () => {
    const person = await registerPerson(app)
    const { authenticator } = await addPasskey(app, person, conditional)
    const { accessToken } = getAuthPayload(await refresh(app, person.refreshToken))
    expect(decodeJwt(accessToken).claims['amr']).toEqual(['pwd'])
    expect(outcomeOf(await signInWithPasskey(app, authenticator))).toBe('AuthPayload')
  })

  it('never weakens a sign-in: the user must be present and verified there', async () => {
    const { authenticator } = await addPasskey(app, await registerPerson(app), conditional)
    for (const lie of [{ uv: false }, { up: false }]) {
      const result = await signInWithPasskey(app, authenticator, { lie })
      expect(outcomeOf(result)).toBe('INVALID_PASSKEY_RESPONSE')
    }
  })

  it('counts for the session if the authenticator verified the user anyway', async () => {
    const person = await registerPerson(app)
    await addPasskey(app, person, { input: { conditional: true } })
    const { accessToken } = getAuthPayload(await refresh(app, person.refreshToken))
    expect(decodeJwt(accessToken).claims['amr']).toEqual(['pwd', 'pop', 'user', 'mfa'])
  })

  it('asks for user verification as far as the browser can', async () => {
    const { options } = await beginRegistration(app, await registerPerson(app), conditional.input)
    expect(options).toMatchObject({ authenticatorSelection: { userVerification: 'preferred' } })
  })
})

describe('a sign-in', () => {
  it('names no account and costs no row', async () => {
    const { options } = await beginLogin(app)
    expect(options).toEqual({
      rpId: 'localhost',
      challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      timeout: 300_000,
      userVerification: 'required',
    })
  })

  it('proves two factors: amr is pop, user, mfa', async () => {
    const person = await registerPerson(app)
    const { authenticator } = await addPasskey(app, person)
    const result = await signInWithPasskey(app, authenticator, { input: { deviceName: 'Laptop' } })
    expect(result).toMatchObject({
      user: { id: person.id },
      session: { authenticationMethods: ['PASSKEY'] },
    })
    const { claims } = decodeJwt(String(result['accessToken']))
    expect(claims).toMatchObject({ sub: person.id, amr: ['pop', 'user', 'mfa'] })
    expect(result['presenceProof']).toMatch(/^[\w-]{43}$/)
    expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
      ...{ type: 'LOGIN', success: true, sessionId: claims['sid'] },
    })
    const [stored] = await app.db.passkey.findMany({ where: { userId: person.id } })
    expect(stored).toMatchObject({ counter: 1n, lastUsedAt: expect.any(Date) as Date })
  })

  it('puts the refresh token into the cookie if asked', async () => {
    const { authenticator } = await addPasskey(app, await registerPerson(app))
    const input = { refreshTokenTransport: 'COOKIE' }
    const result = await signInWithPasskey(app, authenticator, { input })
    expect(result).toMatchObject({ __typename: 'AuthPayload', refreshToken: null })
  })

  it('with a passkey that the service does not know answers UNKNOWN_PASSKEY', async () => {
    const person = await registerPerson(app)
    const { authenticator, passkey } = await addPasskey(app, person)
    await run(app, 'deletePasskey', { passkeyId: passkey.id }, person.accessToken)
    expect(outcomeOf(await signInWithPasskey(app, authenticator))).toBe('UNKNOWN_PASSKEY')
  })

  it('is refused for a disabled account', async () => {
    const person = await registerPerson(app)
    const { authenticator } = await addPasskey(app, person)
    await app.app.services.users.disable(person.id)
    expect(outcomeOf(await signInWithPasskey(app, authenticator))).toBe('ACCOUNT_DISABLED')
  })
})

describe('passkeys of a user', () => {
  const query = '{ me { passkeys { id credentialId name backedUp transports lastUsedAt } } }'

  it('are listed for the user', async () => {
    const person = await registerPerson(app)
    const { authenticator, passkey } = await addPasskey(app, person)
    await signInWithPasskey(app, authenticator)
    const { data } = await call(app, query, {}, { token: person.accessToken })
    expect(data).toEqual({
      me: {
        passkeys: [
          {
            ...{ id: passkey.id, credentialId: passkey.credentialId, name: passkey.name },
            ...{
              backedUp: false,
              transports: ['internal'],
              lastUsedAt: expect.any(String) as string,
            },
          },
        ],
      },
    })
  })

  it('are in the export of the account', async () => {
    const person = await registerPerson(app)
    const { passkey } = await addPasskey(app, person)
    const document = `mutation ($input: StepUpInput) {
      exportAccountData(input: $input) { ... on AccountData { json } } }`
    const { data } = await call(app, document, {}, { token: person.accessToken })
    const { id, credentialId, name } = passkey
    expect(data).toMatchObject({
      exportAccountData: { json: { passkeys: [{ id, credentialId, name }] } },
    })
  })
})

describe('renamePasskey', () => {
  it('gives the passkey another name', async () => {
    const person = await registerPerson(app)
    const { passkey } = await addPasskey(app, person)
    const input = { passkeyId: passkey.id, name: 'Key ring' }
    const result = await run(app, 'renamePasskey', input, person.accessToken)
    expect(result).toMatchObject({ ...passkey, name: 'Key ring' })
  })

  it('refuses an unusable name and the passkey of another user', async () => {
    const [owner, other] = [await registerPerson(app), await registerPerson(app)]
    const { passkey } = await addPasskey(app, owner)
    const rename = async (name: string, { accessToken }: typeof owner, passkeyId = passkey.id) =>
      outcomeOf(await run(app, 'renamePasskey', { passkeyId, name }, accessToken))
    expect(await rename('', owner)).toBe('INVALID_INPUT')
    expect(await rename('mine', other)).toBe('NOT_FOUND')
    expect(await rename('mine', owner, 'no id')).toBe('NOT_FOUND')
    expect(await app.db.passkey.findMany({ where: { id: passkey.id } })).toMatchObject([
      { name: passkey.name },
    ])
  })
})

it('authSettings tells that passkeys are enabled, and the RP ID', async () => {
  const { data } = await call(app, '{ authSettings { passkeysEnabled passkeyRpId } }', {})
  expect(data).toEqual({ authSettings: { passkeysEnabled: true, passkeyRpId: 'localhost' } })
})
