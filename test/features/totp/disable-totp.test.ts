import { afterAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../support/app/app.js'
import { registerPerson, signIn } from '../../support/app/client.js'
import {
  callFactor,
  enrollTotp,
  factorOutcome,
  nextTotpCode,
  wrongTotpCode,
} from '../../support/app/factors.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'
import { listMailTo } from '../../support/mail/mail.js'

const app = await startApp()
afterAll(app.close)

const enrolled = async () => enrollTotp(app, await registerPerson(app))

const disable = (token: string, code: string) =>
  factorOutcome(app, 'disableTotp', { code }, { token })

/** Adds the row of a passkey without a real key. The tests need only its existence. */
async function addPasskey({ db, clock }: TestApp, userId: string) {
  const bytes = new Uint8Array(Buffer.from(userId))
  const flags = { backupEligible: false, backedUp: false, counter: 0n, transports: [] }
  const passkey = { id: userId, userId, credentialId: bytes, publicKey: bytes, name: 'A key' }
  await db.passkey.create({ data: { ...passkey, ...flags, createdAt: clock.now() } })
}

describe('disableTotp', () => {
  it.each([
    ['a code of the app', 'TOTP_DISABLED'],
    ['a recovery code', 'RECOVERY_CODE_USED'],
  ])('removes the app with %s', async (proof, firstNotice) => {
    const person = await enrolled()
    await app.deliver()
    const { secret, recoveryCodes, accessToken } = person
    const code = proof === 'a recovery code' ? recoveryCodes[3] : nextTotpCode(app, secret)
    const before = (await listMailTo(app, person.email)).length
    const { result, touched } = await trackChanges(app, () => disable(accessToken, code ?? ''))
    expect(result).toBe('User')
    const expected = ['audit_events', 'outbox_messages', 'recovery_codes', 'sessions']
    expect(touched).toEqual([...expected, 'totp_credentials'])
    expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
      type: 'TOTP_DISABLED',
      success: true,
      sessionId: person.sessionId,
    })
    const kinds = (await listMailTo(app, person.email)).slice(before).map(({ kind }) => kind)
    expect([kinds[0], kinds.at(-1)]).toEqual([firstNotice, 'TOTP_DISABLED'])
    await signIn(app, person) // the password alone is enough again
  })

  it('deletes the recovery codes and revokes all presence proofs', async () => {
    const person = await enrolled()
    const { accessToken: token } = person
    expect(await disable(token, nextTotpCode(app, person.secret))).toBe('User')
    expect(await app.db.recoveryCode.count({ where: { userId: person.id } })).toBe(0)
    const begin = await callFactor(app, 'beginTotpEnrollment', {}, { token })
    expect(begin).toMatchObject({ code: 'REAUTHENTICATION_REQUIRED', methods: ['PASSWORD'] })
  })

  it('keeps the recovery codes while a passkey remains', async () => {
    const person = await enrolled()
    await addPasskey(app, person.id)
    expect(await disable(person.accessToken, nextTotpCode(app, person.secret))).toBe('User')
    expect(await app.db.recoveryCode.count({ where: { userId: person.id } })).toBe(10)
    await signIn(app, person) // a passkey alone asks for no second factor
    const again = await enrollTotp(app, await signIn(app, person))
    expect(again.recoveryCodes).toEqual([]) // the user has the earlier ones
  })

  it('is refused with a wrong or used code, which counts', async () => {
    const person = await enrolled()
    const { secret, accessToken: token } = person
    const other = await enrolled()
    const used = nextTotpCode(app, secret)
    const input = { password: person.password, totpCode: used }
    expect(await factorOutcome(app, 'reauthenticate', input, { token })).toBe('AuthPayload')
    for (const code of [used, wrongTotpCode(secret, app.clock.now())]) {
      const { result, touched } = await trackChanges(app, () => disable(token, code))
      expect([result, touched]).toEqual(['INVALID_MFA_CODE', ['totp_credentials']])
    }
    for (const code of [other.recoveryCodes[0] ?? '', 'hunter2', '', '1'.repeat(10_000)]) {
      const { result, touched } = await trackChanges(app, () => disable(token, code))
      expect([result, touched]).toEqual(['INVALID_MFA_CODE', []])
    }
    const { failures } = await app.db.totpCredential.findUniqueOrThrow({
      where: { userId: person.id },
    })
    expect(failures).toBe(2)
  })

  it('does not evaluate the code without a presence proof', async () => {
    const person = await enrolled()
    const { secret, accessToken: token } = person
    const input = { code: nextTotpCode(app, secret), presenceProof: null }
    const { result, touched } = await trackChanges(app, () =>
      callFactor(app, 'disableTotp', input, { token }),
    )
    const methods = ['PASSWORD', 'TOTP', 'RECOVERY_CODE']
    expect(result).toMatchObject({ code: 'REAUTHENTICATION_REQUIRED', methods })
    expect(touched).toEqual([])
  })

  it('is refused while the app is not confirmed', async () => {
    const person = await registerPerson(app)
    const { accessToken: token } = person
    await callFactor(app, 'beginTotpEnrollment', {}, { token })
    const { result, touched } = await trackChanges(app, () => disable(token, '123456'))
    expect([result, touched]).toEqual(['MFA_NOT_ENABLED', []])
  })
})
