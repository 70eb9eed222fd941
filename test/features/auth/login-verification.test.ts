import { afterAll, describe, expect, it } from 'vitest'
import {
  LoginDocument,
  ReauthenticateDocument,
  RegisterDocument,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  failure,
  goodPassword,
  me,
  newEmail,
  refresh,
  succeeded,
} from '../../support/app/client.js'
import { tokenFor } from '../../support/mail/mail.js'
import {
  askForReset,
  askForVerification,
  resetPassword,
  verifyEmail,
} from '../../support/mail/mailed-links.js'
import { auditOf, watch } from '../../support/database/watch.js'

const app = await startApp({ env: { EMAIL_VERIFICATION: 'required' } })
afterAll(app.close)

const login = async (email: string, password = goodPassword) =>
  (await call(app, LoginDocument, { input: { email, password } })).data?.login

async function registered() {
  const email = newEmail()
  await call(app, RegisterDocument, { input: { email, password: goodPassword } })
  const token = await tokenFor(app, email)
  const { id } = await app.db.user.findUniqueOrThrow({ where: { email } })
  return { id, email, token }
}

describe('before the address is verified', () => {
  it.each([
    ['the right password is EMAIL_NOT_VERIFIED', goodPassword, 'EMAIL_NOT_VERIFIED', []],
    [
      'a wrong password is as wrong as everybody’s',
      'a wrong one',
      'INVALID_CREDENTIALS',
      ['guess_counts'],
    ],
  ])('%s, and starts no session', async (_, password, code, counts) => {
    const { id, email } = await registered()
    const { result, touched } = await watch(app, () => login(email, password))
    expect(failure(result).code).toBe(code)
    expect(touched).toEqual(['audit_events', ...counts])
    expect((await auditOf(app, id)).at(-1)).toMatchObject({
      type: 'LOGIN',
      success: false,
      actorId: null,
      sessionId: null,
    })
    const { lastLoginAt } = await app.db.user.findUniqueOrThrow({ where: { id } })
    expect(lastLoginAt).toBeNull()
  })
})

describe('once it is verified, everybody signs in', () => {
  it('by the link and the password', async () => {
    const { id, email, token } = await registered()
    await verifyEmail(app, { token, password: goodPassword })
    expect(await app.db.session.count({ where: { userId: id } })).toBe(0)
    const { user, accessToken } = succeeded(await login(email))
    expect(user).toMatchObject({ id, email, emailVerified: true })
    expect(user.lastLoginAt).not.toBeNull()
    expect((await me(app, accessToken)).data?.me?.id).toBe(id)
  })

  it('by a reset of the password, which proves the same', async () => {
    const { email } = await registered()
    await askForReset(app, email)
    const newPassword = 'another horse entirely'
    await resetPassword(app, await tokenFor(app, email), { newPassword })
    expect(succeeded(await login(email, newPassword)).user.emailVerified).toBe(true)
  })
})

it('a session from before goes on when verified addresses become required', async () => {
  const { id, email, token } = await registered()
  await verifyEmail(app, { token, password: goodPassword })
  const before = succeeded(await login(email))
  // As it is where nobody had to verify anything until the last restart.
  await app.db.user.update({ where: { id }, data: { emailVerifiedAt: null } })
  expect(failure(await login(email)).code).toBe('EMAIL_NOT_VERIFIED')

  const refreshed = succeeded(await refresh(app, before.refreshToken ?? ''))
  expect((await me(app, refreshed.accessToken)).data?.me).toMatchObject({ emailVerified: false })
  const input = { password: goodPassword }
  const options = { token: refreshed.accessToken }
  const { data } = await call(app, ReauthenticateDocument, { input }, options)
  const { accessToken } = succeeded(data?.reauthenticate)
  await askForVerification(app, email)
  const link = { token: await tokenFor(app, email) }
  expect(await verifyEmail(app, link, { token: accessToken })).toMatchObject({ id })
  succeeded(await login(email))
})
