import { afterAll, describe, expect, it } from 'vitest'
import {
  LoginDocument,
  ReauthenticateDocument,
  RegisterDocument,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  me,
  newEmail,
  refresh,
  getAuthPayload,
} from '../../support/app/client.js'
import { getMailedToken } from '../../support/mail/mail.js'
import {
  requestPasswordReset,
  requestVerification,
  resetPassword,
  verifyEmail,
} from '../../support/mail/mailed-links.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp({ env: { EMAIL_VERIFICATION: 'required' } })
afterAll(app.close)

const login = async (email: string, password = goodPassword) =>
  (await call(app, LoginDocument, { input: { email, password } })).data?.login

async function registerUnverified() {
  const email = newEmail()
  await call(app, RegisterDocument, { input: { email, password: goodPassword } })
  const token = await getMailedToken(app, email)
  const { id } = await app.db.user.findUniqueOrThrow({ where: { email } })
  return { id, email, token }
}

describe('before the address is verified', () => {
  it.each([
    ['the right password is EMAIL_NOT_VERIFIED', goodPassword, 'EMAIL_NOT_VERIFIED', []],
    [
      'a wrong password gets the usual answer',
      'a wrong one',
      'INVALID_CREDENTIALS',
      ['guess_counts'],
    ],
  ])('%s and starts no session', async (_, password, code, counts) => {
    const { id, email } = await registerUnverified()
    const { result, touched } = await trackChanges(app, () => login(email, password))
    expect(getAuthError(result).code).toBe(code)
    expect(touched).toEqual(['audit_events', ...counts])
    expect((await findAuditEvents(app, id)).at(-1)).toMatchObject({
      type: 'LOGIN',
      success: false,
      actorId: null,
      sessionId: null,
    })
    const { lastLoginAt } = await app.db.user.findUniqueOrThrow({ where: { id } })
    expect(lastLoginAt).toBeNull()
  })
})

describe('after the verification, sign-in works', () => {
  it('after the link and the password', async () => {
    const { id, email, token } = await registerUnverified()
    await verifyEmail(app, { token, password: goodPassword })
    expect(await app.db.session.count({ where: { userId: id } })).toBe(0)
    const { user, accessToken } = getAuthPayload(await login(email))
    expect(user).toMatchObject({ id, email, emailVerified: true })
    expect(user.lastLoginAt).not.toBeNull()
    expect((await me(app, accessToken)).data?.me?.id).toBe(id)
  })

  it('after a password reset, which proves the same', async () => {
    const { email } = await registerUnverified()
    await requestPasswordReset(app, email)
    const newPassword = 'another horse entirely'
    await resetPassword(app, await getMailedToken(app, email), { newPassword })
    expect(getAuthPayload(await login(email, newPassword)).user.emailVerified).toBe(true)
  })
})

it('an existing session continues when verified addresses become required', async () => {
  const { id, email, token } = await registerUnverified()
  await verifyEmail(app, { token, password: goodPassword })
  const before = getAuthPayload(await login(email))
  // The state of a service that did not require verification before the last restart.
  await app.db.user.update({ where: { id }, data: { emailVerifiedAt: null } })
  expect(getAuthError(await login(email)).code).toBe('EMAIL_NOT_VERIFIED')

  const refreshed = getAuthPayload(await refresh(app, before.refreshToken ?? ''))
  expect((await me(app, refreshed.accessToken)).data?.me).toMatchObject({ emailVerified: false })
  const input = { password: goodPassword }
  const options = { token: refreshed.accessToken }
  const { data } = await call(app, ReauthenticateDocument, { input }, options)
  const { accessToken } = getAuthPayload(data?.reauthenticate)
  await requestVerification(app, email)
  const link = { token: await getMailedToken(app, email) }
  expect(await verifyEmail(app, link, { token: accessToken })).toMatchObject({ id })
  getAuthPayload(await login(email))
})
