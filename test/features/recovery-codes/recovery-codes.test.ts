import { afterAll, describe, expect, it } from 'vitest'
import { ExportAccountDataDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import { call, registerPerson } from '../../support/app/client.js'
import {
  beginSignIn,
  callFactor,
  enrollTotp,
  factorOutcome,
  signInWithTotp,
  toSession,
} from '../../support/app/factors.js'
import { decodeJwt } from '../../support/app/jwt.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'
import { listMailTo } from '../../support/mail/mail.js'

const app = await startApp()
afterAll(app.close)

const enrolled = async () => enrollTotp(app, await registerPerson(app))

type Enrolled = Awaited<ReturnType<typeof enrolled>>

async function tryCode(person: Enrolled, code: string | null) {
  const { challengeToken } = await beginSignIn(app, person)
  return factorOutcome(app, 'verifyMfa', { challengeToken, method: 'RECOVERY_CODE', code })
}

const remaining = async ({ accessToken: token }: { accessToken: string }) => {
  const query = '{ me { recoveryCodesRemaining } }'
  const { data } = await call<{ me: { recoveryCodesRemaining: number } }, object>(
    ...([app, query, {}, { token }] as const),
  )
  return data?.me.recoveryCodesRemaining
}

describe('new recovery codes', () => {
  it('are ten different codes of 120 bits, stored as hashes', async () => {
    const { recoveryCodes, id: userId } = await enrolled()
    expect(new Set(recoveryCodes).size).toBe(10)
    for (const code of recoveryCodes) {
      expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){5}$/)
    }
    const rows = await app.db.recoveryCode.findMany({ where: { userId } })
    expect(rows.map(({ codeHash }) => codeHash.length)).toEqual(Array(10).fill(32))
  })
})

describe('verifyMfa with a recovery code', () => {
  it('signs in once, notifies the owner and records it', async () => {
    const person = await enrolled()
    const [code = ''] = person.recoveryCodes
    const { challengeToken } = await beginSignIn(app, person)
    const before = (await listMailTo(app, person.email)).length
    const { result, touched } = await trackChanges(app, () =>
      callFactor(app, 'verifyMfa', { challengeToken, method: 'RECOVERY_CODE', code }),
    )
    const session = toSession(result)
    // No value of `amr` is registered for printed codes. `otp` would claim a device.
    expect(decodeJwt(session.accessToken).claims['amr']).toEqual(['pwd', 'mfa'])
    expect(touched).toEqual(expect.arrayContaining(['outbox_messages', 'recovery_codes']))
    expect(await remaining(session)).toBe(9)
    const mail = (await listMailTo(app, person.email)).slice(before)
    expect(mail.map(({ kind, url }) => [kind, url])).toEqual([['RECOVERY_CODE_USED', null]])
    expect(mail[0]?.text).toContain('Unused recovery codes: 9.')
    const events = (await findAuditEvents(app, person.id)).slice(-2)
    expect(events.map(({ type, success }) => [type, success]).sort()).toEqual([
      ['LOGIN', true],
      ['RECOVERY_CODE_USED', true],
    ])
    expect(await tryCode(person, code)).toBe('INVALID_MFA_CODE')
    expect(await remaining(session)).toBe(9)
  })

  const spellings: [string, (code: string) => string][] = [
    ['as shown', (code) => code],
    ['in upper case', (code) => code.toUpperCase()],
    ['without dashes', (code) => code.replaceAll('-', '')],
    ['with spaces and line breaks', (code) => ` ${code.replaceAll('-', '\n \u00a0')}\t`],
    ['with other dashes', (code) => code.replace('-', '–').replace('-', '—').replace('-', '−')],
    ['with o for 0 and l or I for 1', (code) => confuse(code)],
    ['in full-width characters', (code) => toFullWidth(code.replaceAll('-', ''))],
  ]
  const confuse = (code: string) =>
    code.replaceAll('0', 'O').replace('1', 'l').replaceAll('1', 'I').replaceAll('-', '')
  const toFullWidth = (code: string) =>
    String.fromCodePoint(...Array.from(code, (char) => (char.codePointAt(0) ?? 0) + 0xfee0))

  it.each(spellings)('accepts a code typed %s', async (_, spell) => {
    const person = await enrolled()
    // The code with the most characters that people confuse.
    const count = (code: string) => code.replace(/[^01]/g, '').length
    const [code = ''] = person.recoveryCodes.toSorted((a, b) => count(b) - count(a))
    expect(await tryCode(person, spell(code))).toBe('AuthPayload')
  })

  it('refuses everything else, and writes only the try', async () => {
    const [person, other] = [await enrolled(), await enrolled()]
    const [code = ''] = person.recoveryCodes
    const wrong = [
      ...[null, '', '123456', 'hunter2', code.slice(1), `${code}0`, other.recoveryCodes[0] ?? ''],
      ...['💩'.repeat(12), '0'.repeat(10_000), ' '.repeat(10_000) + code, '\u0301'.repeat(10_000)],
      code.replace(/^./, (first) => (first === 'z' ? 'y' : 'z')),
    ]
    for (const text of wrong) {
      const { result, touched } = await trackChanges(app, () => tryCode(person, text))
      expect([text, result]).toEqual([text, 'INVALID_MFA_CODE'])
      expect(touched).toEqual(['audit_events', 'mfa_challenges'])
    }
    expect(await remaining(person)).toBe(10)
    expect(await tryCode(person, code)).toBe('AuthPayload')
  })

  it('belongs to its own method: it is no code of the app', async () => {
    const person = await enrolled()
    const { challengeToken } = await beginSignIn(app, person)
    const [code = ''] = person.recoveryCodes
    const input = { challengeToken, method: 'TOTP', code }
    expect(await factorOutcome(app, 'verifyMfa', input)).toBe('INVALID_MFA_CODE')
    expect(await remaining(person)).toBe(10)
  })
})

it('reauthenticate uses a recovery code up', async () => {
  const person = await signInWithTotp(app, await enrolled())
  const { password, accessToken: token, recoveryCodes } = person
  const input = { password, recoveryCode: recoveryCodes[0] }
  expect(await factorOutcome(app, 'reauthenticate', input, { token })).toBe('AuthPayload')
  expect(await factorOutcome(app, 'reauthenticate', input, { token })).toBe('INVALID_MFA_CODE')
  expect(await remaining(person)).toBe(9)
})

describe('regenerateRecoveryCodes', () => {
  it('replaces all codes, notifies the owner and records it', async () => {
    const person = await enrolled()
    await app.deliver()
    const { accessToken: token } = person
    const { result, touched } = await trackChanges(app, () =>
      callFactor(app, 'regenerateRecoveryCodes', {}, { token }),
    )
    expect(result.codes).toHaveLength(10)
    expect(touched).toEqual(['audit_events', 'outbox_messages', 'recovery_codes'])
    expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
      type: 'RECOVERY_CODES_REGENERATED',
      success: true,
      sessionId: person.sessionId,
    })
    const mail = await listMailTo(app, person.email)
    expect(mail.at(-1)).toMatchObject({ kind: 'RECOVERY_CODES_REGENERATED', url: null })
    for (const code of result.codes ?? []) expect(mail.at(-1)?.text).not.toContain(code)
    expect(await tryCode(person, person.recoveryCodes[0] ?? '')).toBe('INVALID_MFA_CODE')
    expect(await tryCode(person, result.codes?.[0] ?? '')).toBe('AuthPayload')
  })

  it('is refused without a second factor, and writes nothing', async () => {
    const { accessToken: token } = await registerPerson(app)
    const { result, touched } = await trackChanges(app, () =>
      factorOutcome(app, 'regenerateRecoveryCodes', {}, { token }),
    )
    expect([result, touched]).toEqual(['MFA_NOT_ENABLED', []])
  })
})

it('the export of the account tells the second factors, without secrets', async () => {
  const person = await enrolled()
  const { accessToken: token, id: userId } = person
  const { data, text } = await call(app, ExportAccountDataDocument, {}, { token })
  const row = await app.db.totpCredential.findUniqueOrThrow({ where: { userId } })
  expect(data?.exportAccountData).toMatchObject({
    json: {
      secondFactors: {
        authenticatorAppSince: row.confirmedAt?.toISOString(),
        recoveryCodes: 10,
      },
    },
  })
  for (const secret of [person.secret, row.sealedSecret, ...person.recoveryCodes]) {
    expect(text).not.toContain(secret)
  }
})
