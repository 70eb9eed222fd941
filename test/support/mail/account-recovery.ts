import { expect } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import type { TestApp } from '../app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  me,
  refresh,
  getRefusalReason,
  signIn,
  type Person,
} from '../app/client.js'
import { getMailedToken } from './mail.js'
import { tryResetPassword } from './mailed-link-outcomes.js'
import { requestPasswordReset } from './mailed-links.js'

export const attackerPassword = goodPassword
export const ownerPassword = 'the owner came home at last'

/** The owner of an address finds an existing account and recovers it: a reset by mail, and a sign-in. */
export async function recoverAccount(app: TestApp, email: string, password = ownerPassword) {
  await requestPasswordReset(app, email)
  const token = await getMailedToken(app, email)
  expect(await tryResetPassword(app, token, password)).toBe('User')
  return signIn(app, { email, password })
}

export async function loginErrorCode(app: TestApp, email: string, password: string) {
  const { data } = await call(app, LoginDocument, { input: { email, password } })
  return getAuthError(data?.login).code
}

export type AttackerSession = Pick<Person, 'accessToken' | 'refreshToken'>

/** No credential that an attacker held for the account still works. */
export async function expectAttackerLockedOut(
  app: TestApp,
  email: string,
  attackerSessions: readonly AttackerSession[],
) {
  expect(await loginErrorCode(app, email, attackerPassword)).toBe('INVALID_CREDENTIALS')
  for (const { accessToken, refreshToken } of attackerSessions) {
    expect(await getRefusalReason(app, accessToken)).toBe('SESSION_ENDED')
    expect(getAuthError(await refresh(app, refreshToken)).code).toBe('SESSION_ENDED')
  }
}

/** The owner's session works, and the account has the owner's verified address. */
export async function expectOwnerAccess(app: TestApp, owner: Person) {
  expect((await me(app, owner.accessToken)).data?.me).toMatchObject({
    id: owner.id,
    email: owner.email,
    emailVerified: true,
  })
  const refreshToken = { expiresAt: { gt: app.clock.now() } }
  const liveSessions = await app.db.session.findMany({
    where: { userId: owner.id, endedAt: null, refreshToken },
  })
  expect(liveSessions.map(({ id }) => id)).toEqual([owner.sessionId])
  expect(await app.db.oneTimeToken.count({ where: { userId: owner.id, usedHash: null } })).toBe(0)
  expect(await app.app.services.email.findPendingEmail(owner.id)).toBeNull()
}
