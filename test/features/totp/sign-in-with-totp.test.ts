import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { registerPerson } from '../../support/app/client.js'
import {
  beginSignIn,
  callFactor,
  enrollTotp,
  factorOutcome,
  nextTotpCode,
  reauthenticateWithTotp,
  sendFactor,
  signInWithTotp,
  totpCode,
  wrongTotpCode,
} from '../../support/app/factors.js'
import { decodeJwt } from '../../support/app/jwt.js'
import { FrozenClock } from '../../support/app/rate-limits.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

// Frozen: the tests of drift need codes of exact steps.
const app = await startApp({ clock: new FrozenClock() })
afterAll(app.close)

const enrolled = async () => enrollTotp(app, await registerPerson(app))

describe('login with the right password', () => {
  it('answers a challenge and starts no session', async () => {
    const person = await enrolled()
    const { result, touched } = await trackChanges(app, () => beginSignIn(app, person))
    expect(result.mfaMethods).toEqual(['TOTP', 'RECOVERY_CODE'])
    expect(result.challengeToken).toMatch(/^[\w-]{43}$/)
    expect(touched).toEqual(['mfa_challenges'])
  })
})

describe('verifyMfa with a code', () => {
  it('signs in, and the access token names both factors', async () => {
    const person = await signInWithTotp(app, await enrolled())
    expect(decodeJwt(person.accessToken).claims['amr']).toEqual(['pwd', 'otp', 'mfa'])
    const { sessionId } = person
    const session = await app.db.session.findUniqueOrThrow({ where: { id: sessionId } })
    expect(session.authenticationMethods).toEqual(['PASSWORD', 'TOTP'])
    expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
      type: 'LOGIN',
      success: true,
      sessionId,
    })
  })

  it('puts the refresh token where login asked for it', async () => {
    const { email, password, secret } = await enrolled()
    const input = { email, password, refreshTokenTransport: 'COOKIE', deviceName: 'My phone' }
    const { challengeToken } = await callFactor(app, 'login', input)
    const code = nextTotpCode(app, secret)
    const answer = await sendFactor(app, 'verifyMfa', { challengeToken, method: 'TOTP', code })
    expect(answer.data?.result).toMatchObject({ __typename: 'AuthPayload', refreshToken: null })
    expect(answer.headers.get('set-cookie')).toMatch(/^latchkey-refresh=[\w-]+;/)
    const id = answer.data?.result?.session?.id ?? ''
    const { deviceName } = await app.db.session.findUniqueOrThrow({ where: { id } })
    expect(deviceName).toBe('My phone')
  })

  it.each([
    [-2, 'INVALID_MFA_CODE'],
    [-1, 'AuthPayload'],
    [0, 'AuthPayload'],
    [1, 'AuthPayload'],
    [2, 'INVALID_MFA_CODE'],
  ])('of a device whose clock is %i steps ahead: %s', async (steps, expected) => {
    const person = await enrolled()
    app.clock.advance('5m')
    const { challengeToken } = await beginSignIn(app, person)
    const code = totpCode(person.secret, app.clock.now(), steps)
    const input = { challengeToken, method: 'TOTP', code }
    expect(await factorOutcome(app, 'verifyMfa', input)).toBe(expected)
  })

  it('accepts no step twice, and no earlier step after a later one', async () => {
    const person = await enrolled()
    app.clock.advance('5m')
    const tryStep = async (steps: number) => {
      const { challengeToken } = await beginSignIn(app, person)
      const code = totpCode(person.secret, app.clock.now(), steps)
      return factorOutcome(app, 'verifyMfa', { challengeToken, method: 'TOTP', code })
    }
    expect(await tryStep(0)).toBe('AuthPayload')
    expect(await tryStep(0)).toBe('INVALID_MFA_CODE')
    expect(await tryStep(-1)).toBe('INVALID_MFA_CODE')
    expect(await tryStep(1)).toBe('AuthPayload')
    expect(await tryStep(0)).toBe('INVALID_MFA_CODE')
  })

  it('needs a challenge that was not used', async () => {
    const person = await enrolled()
    const { challengeToken } = await beginSignIn(app, person)
    const input = { challengeToken, method: 'TOTP' }
    const code = nextTotpCode(app, person.secret)
    expect(await factorOutcome(app, 'verifyMfa', { ...input, code })).toBe('AuthPayload')
    const { result, touched } = await trackChanges(app, () =>
      factorOutcome(app, 'verifyMfa', { ...input, code: nextTotpCode(app, person.secret) }),
    )
    expect([result, touched]).toEqual(['INVALID_CHALLENGE', []])
  })

  it('needs the challenge within ten minutes', async () => {
    const person = await enrolled()
    const { challengeToken, expiresAt } = await beginSignIn(app, person)
    expect(Date.parse(expiresAt) - app.clock.now().getTime()).toBe(600_000)
    app.clock.advance('10m')
    const code = totpCode(person.secret, app.clock.now())
    const input = { challengeToken, method: 'TOTP', code }
    const { result, touched } = await trackChanges(app, () =>
      factorOutcome(app, 'verifyMfa', input),
    )
    expect([result, touched]).toEqual(['INVALID_CHALLENGE', []])
  })

  it('counts a wrong code: five tries, then the challenge is void', async () => {
    const person = await enrolled()
    const { challengeToken } = await beginSignIn(app, person)
    const input = { challengeToken, method: 'TOTP' }
    const code = wrongTotpCode(person.secret, app.clock.now())
    for (const attemptsRemaining of [4, 3, 2, 1, 0]) {
      const { result, touched } = await trackChanges(app, () =>
        callFactor(app, 'verifyMfa', { ...input, code }),
      )
      expect(result).toMatchObject({ code: 'INVALID_MFA_CODE', attemptsRemaining })
      const notified = attemptsRemaining === 0 ? ['outbox_messages'] : []
      const expected = ['audit_events', 'mfa_challenges', ...notified, 'totp_credentials']
      expect(touched).toEqual(expected)
    }
    const right = nextTotpCode(app, person.secret)
    expect(await factorOutcome(app, 'verifyMfa', { ...input, code: right })).toBe(
      'INVALID_CHALLENGE',
    )
  })
})

/** What people and attackers send instead of six digits. `right` is a right code. */
const spellings: [string, (right: string) => string | null, 'AuthPayload' | 'INVALID_MFA_CODE'][] =
  [
    ['a space in the middle', (right) => `${right.slice(0, 3)} ${right.slice(3)}`, 'AuthPayload'],
    ['no-break spaces around', (right) => `\u00a0${right}\u202f\n`, 'AuthPayload'],
    ['a dash in the middle', (right) => `${right.slice(0, 3)}–${right.slice(3)}`, 'AuthPayload'],
    ['full-width digits', (right) => toDigits(right, 0xff10), 'AuthPayload'],
    ['Arabic digits', (right) => toDigits(right, 0x660), 'INVALID_MFA_CODE'],
    ['an additional digit', (right) => `${right}0`, 'INVALID_MFA_CODE'],
    ['a digit less', (right) => right.slice(1), 'INVALID_MFA_CODE'],
    ['a letter with an accent', (right) => `${right.slice(1)}é`, 'INVALID_MFA_CODE'],
    ['a sign', (right) => `-${right.slice(1)}x`, 'INVALID_MFA_CODE'],
    ['nothing', () => '', 'INVALID_MFA_CODE'],
    ['null', () => null, 'INVALID_MFA_CODE'],
    ['letters', () => 'abcdef', 'INVALID_MFA_CODE'],
    ['three emoji', () => '💩💩💩', 'INVALID_MFA_CODE'],
    ['a number in another notation', () => '1e5   ', 'INVALID_MFA_CODE'],
    ['10 kB of digits', () => '1'.repeat(10_000), 'INVALID_MFA_CODE'],
    ['10 kB of spaces and the code', (right) => ' '.repeat(10_000) + right, 'INVALID_MFA_CODE'],
    ['10 kB of combining marks', () => '\u0301'.repeat(10_000), 'INVALID_MFA_CODE'],
  ]

const toDigits = (code: string, zero: number) =>
  String.fromCodePoint(...Array.from(code, (digit) => zero + Number(digit)))

describe('a code with', () => {
  it.each(spellings)('%s', async (_, spell, expected) => {
    const person = await enrolled()
    const { challengeToken } = await beginSignIn(app, person)
    const code = spell(nextTotpCode(app, person.secret))
    const { data, errors } = await sendFactor(app, 'verifyMfa', {
      ...{ challengeToken, method: 'TOTP', code },
    })
    expect(errors).toEqual([])
    expect(data?.result?.code ?? data?.result?.__typename).toBe(expected)
  })
})

describe('reauthenticate', () => {
  it('needs the password and a code, and each code works once', async () => {
    const person = await signInWithTotp(app, await enrolled())
    const { password, accessToken: token } = person
    const send = (input: object) => callFactor(app, 'reauthenticate', input, { token })
    const { result, touched } = await trackChanges(app, () => send({ password }))
    expect(result).toMatchObject({
      code: 'REAUTHENTICATION_REQUIRED',
      methods: ['PASSWORD', 'TOTP', 'RECOVERY_CODE'],
    })
    expect(touched).toEqual([])
    const code = nextTotpCode(app, person.secret)
    expect((await send({ totpCode: code })).code).toBe('INVALID_CREDENTIALS')
    expect((await send({ password: 'a wrong password', totpCode: code })).code).toBe(
      'INVALID_CREDENTIALS',
    )
    const wrong = wrongTotpCode(person.secret, app.clock.now())
    expect((await send({ password, totpCode: wrong })).code).toBe('INVALID_MFA_CODE')
    expect((await send({ password, totpCode: code })).__typename).toBe('AuthPayload')
    expect((await send({ password, totpCode: code })).code).toBe('INVALID_MFA_CODE')
  })

  it('renews the presence proof', async () => {
    const person = await signInWithTotp(app, await enrolled())
    app.clock.advance('9m')
    const { accessToken: token } = await reauthenticateWithTotp(app, person)
    app.clock.advance('2m')
    expect(await factorOutcome(app, 'regenerateRecoveryCodes', {}, { token })).toBe('RecoveryCodes')
  })
})
