import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../../support/app/app.js'
import { call, getAuthPayload, refresh, registerPerson, signIn } from '../../support/app/client.js'
import {
  beginSignIn,
  beginTotp,
  callFactor,
  enrollTotp,
  factorOutcome,
  nextTotpCode,
  totpCode,
  wrongTotpCode,
} from '../../support/app/factors.js'
import { decodeJwt } from '../../support/app/jwt.js'
import { quietZoneOf, readQrCode } from '../../support/app/read-qr-code.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'
import { listMailTo } from '../../support/mail/mail.js'

const app = await startApp({ env: { MAIL_FROM: 'Acme: Shop & Co <no-reply@acme.example>' } })
afterAll(app.close)

const ownFactors = async (token: string) => {
  const query = '{ me { mfaMethods recoveryCodesRemaining } }'
  const { data } = await call<{ me: object }, object>(app, query, {}, { token })
  return data?.me
}

describe('beginTotpEnrollment', () => {
  it('answers a new secret, its URI and the URI as a QR code', async () => {
    const person = await registerPerson(app)
    const { secret, otpauthUri, qrCode, expiresAt } = await beginTotp(app, person)
    expect(secret).toMatch(/^[A-Z2-7]{32}$/) // 160 bits
    const uri = new URL(otpauthUri)
    expect([uri.protocol, uri.hostname]).toEqual(['otpauth:', 'totp'])
    // A colon would separate issuer and account.
    expect(decodeURIComponent(uri.pathname)).toBe(`/Acme  Shop & Co:${person.email}`)
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: 'Acme  Shop & Co',
      secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
    expect(otpauthUri).not.toContain('+')
    expect(readQrCode(qrCode)).toBe(otpauthUri)
    expect(quietZoneOf(qrCode)).toBe(4)
    const lifetimeMs = Date.parse(expiresAt) - app.clock.now().getTime()
    expect(Math.round(lifetimeMs / 60_000)).toBe(10)
  })

  it('turns nothing on, and sends nothing', async () => {
    const person = await registerPerson(app)
    await app.deliver()
    const { result, touched } = await trackChanges(app, () => beginTotp(app, person))
    expect(touched).toEqual(['totp_credentials'])
    const row = await app.db.totpCredential.findUniqueOrThrow({ where: { userId: person.id } })
    expect(row).toMatchObject({ confirmedAt: null, sessionId: person.sessionId })
    expect(JSON.stringify(row) + app.logLines.join('')).not.toContain(result.secret)
    expect(await ownFactors(person.accessToken)).toEqual({
      mfaMethods: [],
      recoveryCodesRemaining: 0,
    })
    await signIn(app, person)
  })

  it('replaces an enrolment that was not confirmed', async () => {
    const person = await registerPerson(app)
    const [first, second] = [await beginTotp(app, person), await beginTotp(app, person)]
    expect(second.secret).not.toBe(first.secret)
    const confirm = (secret: string) =>
      factorOutcome(
        app,
        'confirmTotpEnrollment',
        { code: totpCode(secret, app.clock.now()) },
        { token: person.accessToken },
      )
    expect(await confirm(first.secret)).toBe('INVALID_MFA_CODE')
    expect(await confirm(second.secret)).toBe('TotpEnabled')
  })

  it('is refused while the account has an authenticator app', async () => {
    const person = await enrollTotp(app, await registerPerson(app))
    const { result, touched } = await trackChanges(app, () =>
      factorOutcome(app, 'beginTotpEnrollment', {}, { token: person.accessToken }),
    )
    expect([result, touched]).toEqual(['MFA_ALREADY_ENABLED', []])
  })
})

describe('confirmTotpEnrollment', () => {
  it('turns the second factor on, for this session as well', async () => {
    const person = await registerPerson(app)
    await app.deliver()
    const { secret } = await beginTotp(app, person)
    const { result, touched } = await trackChanges(app, () =>
      callFactor(
        app,
        'confirmTotpEnrollment',
        { code: totpCode(secret, app.clock.now()) },
        { token: person.accessToken },
      ),
    )
    expect(result).toMatchObject({ __typename: 'TotpEnabled', user: { id: person.id } })
    expect(result.recoveryCodes).toHaveLength(10)
    const expectedTables = ['audit_events', 'outbox_messages', 'recovery_codes', 'sessions']
    expect(touched).toEqual([...expectedTables, 'totp_credentials'])
    expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
      type: 'TOTP_ENABLED',
      success: true,
      sessionId: person.sessionId,
    })
    const mail = await listMailTo(app, person.email)
    expect(mail.map(({ kind }) => kind)).toEqual(['VERIFY_EMAIL', 'TOTP_ENABLED'])
    expect(mail.at(-1)?.text).not.toContain(secret)
    expect(mail.at(-1)?.url).toBeNull()
    expect(await ownFactors(person.accessToken)).toEqual({
      mfaMethods: ['TOTP', 'RECOVERY_CODE'],
      recoveryCodesRemaining: 10,
    })
    const { accessToken } = getAuthPayload(await refresh(app, person.refreshToken))
    expect(decodeJwt(accessToken).claims['amr']).toEqual(['pwd', 'otp', 'mfa'])
  })

  it('uses up the code: it does not sign in as well', async () => {
    const person = await registerPerson(app)
    const { secret } = await beginTotp(app, person)
    const code = totpCode(secret, app.clock.now())
    const token = person.accessToken
    expect(await factorOutcome(app, 'confirmTotpEnrollment', { code }, { token })).toBe(
      'TotpEnabled',
    )
    const { challengeToken } = await beginSignIn(app, person)
    const input = { challengeToken, method: 'TOTP' }
    expect(await factorOutcome(app, 'verifyMfa', { ...input, code })).toBe('INVALID_MFA_CODE')
    const nextCode = nextTotpCode(app, secret)
    expect(await factorOutcome(app, 'verifyMfa', { ...input, code: nextCode })).toBe('AuthPayload')
  })

  it('keeps unused recovery codes instead of showing new ones', async () => {
    const person = await registerPerson(app)
    const data = { userId: person.id, codeHash: new Uint8Array(32), createdAt: app.clock.now() }
    await app.db.recoveryCode.create({ data }) // a passkey that was the first factor brought it
    const { recoveryCodes } = await enrollTotp(app, person)
    expect(recoveryCodes).toEqual([])
    expect(await app.db.recoveryCode.count({ where: { userId: person.id } })).toBe(1)
  })

  it('is refused with a wrong code, and writes nothing', async () => {
    const person = await registerPerson(app)
    const { secret } = await beginTotp(app, person)
    for (const code of [wrongTotpCode(secret, app.clock.now()), '', 'abcdef', '💩💩💩', '12345é']) {
      const { result, touched } = await trackChanges(app, () =>
        factorOutcome(app, 'confirmTotpEnrollment', { code }, { token: person.accessToken }),
      )
      expect([code, result, touched]).toEqual([code, 'INVALID_MFA_CODE', []])
    }
  })

  it('is refused in another session of the same user, and writes nothing', async () => {
    const person = await registerPerson(app)
    const { secret } = await beginTotp(app, person)
    const other = await signIn(app, person)
    const code = totpCode(secret, app.clock.now())
    const { result, touched } = await trackChanges(app, () =>
      factorOutcome(app, 'confirmTotpEnrollment', { code }, { token: other.accessToken }),
    )
    expect([result, touched]).toEqual(['INVALID_CHALLENGE', []])
  })

  it.each<[string, boolean]>([
    ['without an enrolment', false],
    ['after ten minutes', true],
  ])('is refused %s, and writes nothing', async (_, begins) => {
    const person = await registerPerson(app)
    const { secret } = begins ? await beginTotp(app, person) : { secret: 'AAAAAAAA' }
    app.clock.advance('10m')
    const { accessToken: token } = getAuthPayload(await refresh(app, person.refreshToken))
    const code = totpCode(secret, app.clock.now())
    const { result, touched } = await trackChanges(app, () =>
      factorOutcome(app, 'confirmTotpEnrollment', { code }, { token }),
    )
    expect([result, touched]).toEqual(['INVALID_CHALLENGE', []])
  })
})

it('a job removes enrolments that were not confirmed in time, and no others', async () => {
  const [expired, confirmed] = [await registerPerson(app), await registerPerson(app)]
  await beginTotp(app, expired)
  await enrollTotp(app, confirmed)
  app.clock.advance('11m')
  const pending = await registerPerson(app)
  await beginTotp(app, pending)
  const name = 'remove unconfirmed authenticator apps'
  const job = app.app.services.jobs.find((each) => each.name === name)
  await job?.run(new AbortController().signal)
  const ids = [expired, confirmed, pending].map(({ id }) => id)
  const rows = await app.db.totpCredential.findMany({ where: { userId: { in: ids } } })
  expect(rows.map(({ userId }) => userId).sort()).toEqual([confirmed.id, pending.id].sort())
})
