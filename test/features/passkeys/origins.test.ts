import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { createAuthenticator } from '../../support/app/authenticator.js'
import { call, registerPerson } from '../../support/app/client.js'
import { addPasskey, outcomeOf, run, signInWithPasskey } from '../../support/app/passkeys.js'

const android = `android:apk-key-hash:${'A'.repeat(43)}`

const app = await startApp({
  env: {
    PUBLIC_URL: 'https://auth.example.com',
    APP_URL: 'https://app.example.com',
    PASSKEY_RP_ID: 'example.com',
    PASSKEY_ORIGINS: `https://app.example.com,https://m.example.com:8443,${android}`,
    PASSKEY_RELATED_ORIGINS: 'https://example.org,https://example.co.uk',
  },
})
afterAll(app.close)

const origin = 'https://app.example.com'
const authenticator = createAuthenticator({ origin })
await addPasskey(app, await registerPerson(app), { authenticator })

const signInFrom = async (page: string) => {
  const lie = { clientData: { origin: page } }
  return outcomeOf(await signInWithPasskey(app, authenticator, { lie }))
}

describe('a sign-in', () => {
  it.each([
    origin,
    'https://m.example.com:8443',
    android,
    'https://example.org',
    'https://example.co.uk',
  ])('from %s is accepted', async (page) => {
    expect(await signInFrom(page)).toBe('AuthPayload')
  })

  it.each([
    'https://auth.example.com',
    'https://example.com',
    'https://m.example.com',
    'http://app.example.com',
    'https://app.example.com.evil.example',
    'HTTPS://app.example.com',
    `android:apk-key-hash:${'B'.repeat(43)}`,
    'https://sub.example.org',
    'null',
  ])('from %s is refused, although the RP ID fits', async (page) => {
    expect(await signInFrom(page)).toBe('INVALID_PASSKEY_RESPONSE')
  })
})

describe('/.well-known/webauthn', () => {
  it('lists the related origins as browsers require it', async () => {
    const response = await fetch(`${app.url}/.well-known/webauthn`, { redirect: 'error' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(response.headers.get('cache-control')).toBe('public, max-age=300')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.json()).toEqual({
      origins: ['https://example.org', 'https://example.co.uk'],
    })
  })
})

describe('without related origins, /.well-known/webauthn', () => {
  it('does not exist', async () => {
    const other = await startApp()
    expect((await fetch(`${other.url}/.well-known/webauthn`)).status).toBe(404)
    await other.close()
  })
})

describe('where the service has an IP address instead of a name', async () => {
  const disabled = await startApp({ env: { PUBLIC_URL: 'http://127.0.0.1:4000' } })
  afterAll(disabled.close)
  const person = await registerPerson(disabled)

  it('authSettings tells that passkeys are disabled', async () => {
    const { data } = await call(disabled, '{ authSettings { passkeysEnabled passkeyRpId } }', {})
    expect(data).toEqual({ authSettings: { passkeysEnabled: false, passkeyRpId: null } })
  })

  it('a begin says what to do', async () => {
    const expected = {
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/^Passkeys are disabled: .*http:\/\/localhost/) as string,
    }
    expect(await run(disabled, 'beginPasskeyLogin', null)).toEqual(expected)
    const { accessToken } = person
    expect(await run(disabled, 'beginPasskeyRegistration', {}, accessToken)).toEqual(expected)
  })

  it('a finish is refused', async () => {
    const input = { challengeToken: 'x', response: {} }
    const { accessToken } = person
    expect(outcomeOf(await run(disabled, 'finishPasskeyLogin', input))).toBe('INVALID_CHALLENGE')
    const result = await run(disabled, 'finishPasskeyRegistration', input, accessToken)
    expect(outcomeOf(result)).toBe('INVALID_CHALLENGE')
  })
})
