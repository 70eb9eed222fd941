// Authenticator apps (RFC 6238, ASVS 6.5): the enrolment, the second step of a sign-in, and the removal.
import decodeQr from 'qr/decode.js'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { registerPerson, signIn } from '../../support/app/client.js'
import {
  beginSignIn,
  beginTotp,
  confirmTotp,
  disableTotp,
  enrollTotp,
  login,
  reauthenticate,
  signInWithTotp,
  totpCode,
  verifyMfa,
} from '../../support/app/factors.js'
import { decodeJwt } from '../../support/app/jwt.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const eventsOf = async (id: string) => (await findAuditEvents(app, id)).map(({ type }) => type)

describe('enrolment', () => {
  it('returns a secret that counts only after its first code', async () => {
    const person = await registerPerson(app)
    const begun = await beginTotp(app, person.accessToken)
    expect(begun).toMatchObject({
      __typename: 'TotpEnrollment',
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
    })
    expect((await login(app, person)).__typename).toBe('AuthPayload')
    const enabled = await confirmTotp(
      app,
      person.accessToken,
      totpCode(app, begun['secret'] as string),
    )
    expect(enabled).toMatchObject({
      __typename: 'TotpEnabled',
      user: { mfaMethods: ['TOTP', 'RECOVERY_CODE'], recoveryCodesRemaining: 10 },
    })
    expect(await login(app, person)).toMatchObject({
      __typename: 'MfaRequired',
      mfaMethods: ['TOTP', 'RECOVERY_CODE'],
    })
    expect(await eventsOf(person.id)).toContain('TOTP_ENABLED')
  })

  it('the QR code says the URI', async () => {
    const { accessToken } = await registerPerson(app)
    const { qrCode, otpauthUri, secret } = await beginTotp(app, accessToken)
    expect(readQrCode(qrCode as string)).toBe(otpauthUri)
    const url = new URL(otpauthUri as string)
    expect(url.protocol + url.host).toBe('otpauth:totp')
    expect(url.searchParams.get('secret')).toBe(secret)
    expect(url.searchParams.get('issuer')).toBe('Latchkey')
  })

  it('the database holds no secret in plain text', async () => {
    const person = await registerPerson(app)
    const { secret } = await enrollTotp(app, person)
    const row = await app.db.totpCredential.findUniqueOrThrow({ where: { userId: person.id } })
    expect(JSON.stringify(row)).not.toContain(secret)
    expect(app.logLines.join('')).not.toContain(secret)
  })

  it('only the session that began can confirm, in time', async () => {
    const person = await registerPerson(app)
    const { secret } = await beginTotp(app, person.accessToken)
    const other = await signIn(app, person)
    const confirmElsewhere = () =>
      confirmTotp(app, other.accessToken, totpCode(app, secret as string))
    const { result, touched } = await trackChanges(app, confirmElsewhere)
    expect([result.code, touched]).toEqual(['INVALID_CHALLENGE', []])
    app.clock.advance('10m')
    const late = await signIn(app, person)
    expect((await confirmTotp(app, late.accessToken, totpCode(app, secret as string))).code).toBe(
      'INVALID_CHALLENGE',
    )
  })

  it('a confirmed app cannot be replaced by another enrolment', async () => {
    const person = await registerPerson(app)
    await enrollTotp(app, person)
    const { result, touched } = await trackChanges(app, () => beginTotp(app, person.accessToken))
    expect([result.code, touched]).toEqual(['MFA_ALREADY_ENABLED', []])
  })
})

describe('sign-in', () => {
  it('needs the password and a code, and the token says so', async () => {
    const person = await registerPerson(app)
    const phone = await enrollTotp(app, person)
    const result = await signInWithTotp(app, person, phone)
    expect(result).toMatchObject({
      __typename: 'AuthPayload',
      session: { authenticationMethods: ['PASSWORD', 'TOTP'] },
      presenceProof: expect.any(String),
    })
    const { amr } = decodeJwt(result['accessToken'] as string).claims
    expect(amr).toEqual(['pwd', 'otp', 'mfa'])
  })

  it('the code that confirmed the enrolment does not sign in', async () => {
    const person = await registerPerson(app)
    const { secret } = await beginTotp(app, person.accessToken)
    const code = totpCode(app, secret as string)
    await confirmTotp(app, person.accessToken, code)
    const challengeToken = await beginSignIn(app, person)
    const answer = await verifyMfa(app, { challengeToken, method: 'TOTP', code })
    expect(answer).toMatchObject({ code: 'INVALID_MFA_CODE', attemptsRemaining: 4 })
  })

  it.each([
    [-2, 'INVALID_MFA_CODE'],
    [-1, undefined],
    [0, undefined],
    [1, undefined],
    [2, 'INVALID_MFA_CODE'],
  ])('the clock of the phone may be one step off: %d', async (step, code) => {
    const person = await registerPerson(app)
    const { secret } = await enrollTotp(app, person)
    app.clock.advance('5m')
    const challengeToken = await beginSignIn(app, person)
    const input = { challengeToken, method: 'TOTP', code: totpCode(app, secret, step) }
    expect((await verifyMfa(app, input)).code).toBe(code)
  })

  it.each([
    '',
    '12345',
    '1234567',
    'abcdef',
    '12345é',
    '💩💩💩',
    '-12345',
    '1e5',
    'x'.repeat(10_000),
  ])('a hostile code is a wrong one: %j', async (code) => {
    const person = await registerPerson(app)
    await enrollTotp(app, person)
    const challengeToken = await beginSignIn(app, person)
    const answer = await verifyMfa(app, { challengeToken, method: 'TOTP', code })
    expect(answer).toMatchObject({ code: 'INVALID_MFA_CODE', attemptsRemaining: 4 })
  })

  it('accepts full-width digits and spaces', async () => {
    const person = await registerPerson(app)
    const { secret } = await enrollTotp(app, person)
    const fullWidth = totpCode(app, secret).replace(/\d/g, (digit) =>
      String.fromCharCode(digit.charCodeAt(0) + 0xfee0),
    )
    const code = ` ${fullWidth.slice(0, 3)} ${fullWidth.slice(3)}`
    const challengeToken = await beginSignIn(app, person)
    expect((await verifyMfa(app, { challengeToken, method: 'TOTP', code })).__typename).toBe(
      'AuthPayload',
    )
  })

  it('a challenge counts for one sign-in', async () => {
    const person = await registerPerson(app)
    const { secret } = await enrollTotp(app, person)
    const challengeToken = await beginSignIn(app, person)
    const input = { challengeToken, method: 'TOTP' }
    await verifyMfa(app, { ...input, code: totpCode(app, secret) })
    app.clock.advance('30s')
    const again = await verifyMfa(app, { ...input, code: totpCode(app, secret) })
    expect(again.code).toBe('INVALID_CHALLENGE')
  })

  it('a challenge expires after ten minutes', async () => {
    const person = await registerPerson(app)
    const { secret } = await enrollTotp(app, person)
    const challengeToken = await beginSignIn(app, person)
    app.clock.advance('10m')
    const input = { challengeToken, method: 'TOTP', code: totpCode(app, secret) }
    expect((await verifyMfa(app, input)).code).toBe('INVALID_CHALLENGE')
  })
})

describe('reauthenticate', () => {
  it('the password alone is not enough', async () => {
    const person = await registerPerson(app)
    await enrollTotp(app, person)
    const { accessToken, password } = person
    expect(await reauthenticate(app, accessToken, { password })).toMatchObject({
      code: 'REAUTHENTICATION_REQUIRED',
      methods: ['PASSWORD', 'TOTP', 'RECOVERY_CODE'],
    })
  })

  it('accepts the password with a code', async () => {
    const person = await registerPerson(app)
    const { secret } = await enrollTotp(app, person)
    const { accessToken, password } = person
    const proofs = { password, totpCode: totpCode(app, secret) }
    const renewed = await reauthenticate(app, accessToken, proofs)
    expect(renewed).toMatchObject({
      __typename: 'AuthPayload',
      presenceProof: expect.any(String),
      session: { authenticationMethods: ['PASSWORD', 'TOTP'] },
    })
    expect((await reauthenticate(app, accessToken, proofs)).code).toBe('INVALID_MFA_CODE')
  })
})

describe('removal', () => {
  it('needs a code besides the presence proof, and deletes the recovery codes', async () => {
    const person = await registerPerson(app)
    const { secret } = await enrollTotp(app, person)
    const refused = await trackChanges(app, () =>
      disableTotp(app, person.accessToken, { code: 'zzzz' }),
    )
    expect([refused.result.code, refused.touched]).toEqual(['INVALID_MFA_CODE', []])
    const removed = await disableTotp(app, person.accessToken, { code: totpCode(app, secret) })
    expect(removed).toMatchObject({
      __typename: 'User',
      mfaMethods: [],
      recoveryCodesRemaining: 0,
    })
    expect((await login(app, person)).__typename).toBe('AuthPayload')
    expect(await eventsOf(person.id)).toContain('TOTP_DISABLED')
  })

  it('accepts a recovery code for a lost phone', async () => {
    const person = await registerPerson(app)
    const { recoveryCodes } = await enrollTotp(app, person)
    const [code = ''] = recoveryCodes
    const removed = await disableTotp(app, person.accessToken, { code })
    expect(removed.__typename).toBe('User')
    expect(await eventsOf(person.id)).toContain('RECOVERY_CODE_USED')
  })

  it('uses up the presence proof', async () => {
    const person = await registerPerson(app)
    const { secret } = await enrollTotp(app, person)
    await disableTotp(app, person.accessToken, { code: totpCode(app, secret) })
    expect((await beginTotp(app, person.accessToken)).code).toBe('REAUTHENTICATION_REQUIRED')
  })
})

/** Draws the SVG as pixels, as a camera sees it, and decodes it with another library. */
function readQrCode(dataUrl: string): string {
  const svg = Buffer.from(dataUrl.split(',')[1] ?? '', 'base64').toString()
  const size = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1])
  const scale = 4
  const width = size * scale
  const data = new Uint8Array(width * width * 4).fill(255)
  for (const [, x, y, length] of svg.matchAll(/M(\d+) (\d+)\.5h(\d+)/g)) {
    for (let row = 0; row < scale; row += 1) {
      const start = ((Number(y) * scale + row) * width + Number(x) * scale) * 4
      for (let i = start; i < start + Number(length) * scale * 4; i += 4) data.fill(0, i, i + 3)
    }
  }
  return decodeQr({ width, height: width, data })
}
