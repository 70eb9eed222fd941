// Ways round the second factor: a password reset (ASVS 6.4.3), a challenge from before a password change, a challenge of
// another person, and factors that were removed meanwhile (ory/kratos 2225).
import { afterAll, describe, expect, it } from 'vitest'
import { ChangePasswordDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, registerPerson } from '../support/app/client.js'
import {
  beginSignIn,
  callFactor,
  enrollTotp,
  factorOutcome,
  nextTotpCode,
  signInWithTotp,
  type EnrolledPerson,
} from '../support/app/factors.js'
import { trackChanges } from '../support/database/track-changes.js'
import { getMailedToken } from '../support/mail/mail.js'
import { tryResetPassword } from '../support/mail/mailed-link-outcomes.js'
import { requestPasswordReset } from '../support/mail/mailed-links.js'

const app = await startApp()
afterAll(app.close)

const enrolled = async () => enrollTotp(app, await registerPerson(app))
const nextPassword = 'another horse entirely'

async function resetPassword({ email }: EnrolledPerson) {
  await app.deliver()
  await requestPasswordReset(app, email)
  expect(await tryResetPassword(app, await getMailedToken(app, email), nextPassword)).toBe('User')
}

async function changePassword({ password, accessToken: token }: EnrolledPerson) {
  const input = { currentPassword: password, newPassword: nextPassword }
  const { data } = await call(app, ChangePasswordDocument, { input }, { token })
  expect(data?.changePassword?.__typename).toBe('User')
}

const verify = (challengeToken: string, method: string, code: string | undefined) =>
  factorOutcome(app, 'verifyMfa', { challengeToken, method, code })

describe('a password reset', () => {
  it('starts no session, and keeps the factor and the recovery codes', async () => {
    const person = await enrolled()
    await resetPassword(person)
    const { id: userId } = person
    expect(await app.db.session.count({ where: { userId, endedAt: null } })).toBe(0)
    expect(await app.db.recoveryCode.count({ where: { userId } })).toBe(10)
    const { mfaMethods } = await beginSignIn(app, { ...person, password: nextPassword })
    expect(mfaMethods).toEqual(['TOTP', 'RECOVERY_CODE'])
    await signInWithTotp(app, { ...person, password: nextPassword })
  })

  it('does not make a used code count again', async () => {
    const person = await enrolled()
    const { challengeToken } = await beginSignIn(app, person)
    const code = nextTotpCode(app, person.secret)
    expect(await verify(challengeToken, 'TOTP', code)).toBe('AuthPayload')
    await resetPassword(person)
    const again = await beginSignIn(app, { ...person, password: nextPassword })
    expect(await verify(again.challengeToken, 'TOTP', code)).toBe('INVALID_MFA_CODE')
  })
})

describe('a challenge', () => {
  it.each([
    ['a password change', changePassword],
    ['a password reset', resetPassword],
  ])('from before %s starts no session, and uses nothing up', async (_, renew) => {
    const person = await enrolled()
    const { challengeToken } = await beginSignIn(app, person)
    await renew(person)
    const code = nextTotpCode(app, person.secret)
    const [recoveryCode] = person.recoveryCodes
    expect(await verify(challengeToken, 'RECOVERY_CODE', recoveryCode)).toBe('INVALID_CHALLENGE')
    expect(await verify(challengeToken, 'TOTP', code)).toBe('INVALID_CHALLENGE')
    expect(await app.db.recoveryCode.count({ where: { userId: person.id } })).toBe(10)
    const next = await beginSignIn(app, { ...person, password: nextPassword })
    expect(await verify(next.challengeToken, 'TOTP', code)).toBe('AuthPayload')
  })

  it('does not accept the codes of another person', async () => {
    const [victim, attacker] = [await enrolled(), await enrolled()]
    const { challengeToken } = await beginSignIn(app, victim)
    const code = nextTotpCode(app, attacker.secret)
    expect(await verify(challengeToken, 'TOTP', code)).toBe('INVALID_MFA_CODE')
    const [recoveryCode] = attacker.recoveryCodes
    expect(await verify(challengeToken, 'RECOVERY_CODE', recoveryCode)).toBe('INVALID_MFA_CODE')
  })

  it('does not accept a code of an app that was removed', async () => {
    const person = await enrolled()
    const { challengeToken } = await beginSignIn(app, person)
    const { accessToken: token, secret } = person
    const input = { code: nextTotpCode(app, secret) }
    expect(await factorOutcome(app, 'disableTotp', input, { token })).toBe('User')
    const code = nextTotpCode(app, secret)
    expect(await verify(challengeToken, 'TOTP', code)).toBe('INVALID_MFA_CODE')
    const result = await callFactor(app, 'login', toLogin(person))
    expect(result.__typename).toBe('AuthPayload') // no factor is left to ask for
  })

  it('of a disabled account starts no session', async () => {
    const person = await enrolled()
    const { challengeToken } = await beginSignIn(app, person)
    await app.app.services.users.disable(person.id)
    const code = nextTotpCode(app, person.secret)
    expect(await verify(challengeToken, 'TOTP', code)).toBe('ACCOUNT_DISABLED')
    expect(await app.db.session.count({ where: { userId: person.id, endedAt: null } })).toBe(0)
  })

  it.each(['', 'A'.repeat(43), 'x', '💩', 'A'.repeat(10_000)])(
    'that the service did not issue is refused, and nothing is written: %.20s',
    async (challengeToken) => {
      const { result, touched } = await trackChanges(app, () =>
        verify(challengeToken, 'TOTP', '123456'),
      )
      expect([result, touched]).toEqual(['INVALID_CHALLENGE', []])
    },
  )
})

const toLogin = ({ email, password }: EnrolledPerson) => ({ email, password })
