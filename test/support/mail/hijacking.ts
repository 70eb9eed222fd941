import { expect } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import type { TestApp } from '../app/app.js'
import {
  call,
  failure,
  goodPassword,
  me,
  refresh,
  refusalOf,
  signIn,
  type Person,
} from '../app/client.js'
import { tokenFor } from './mail.js'
import { resetBy } from './link-words.js'
import { askForReset } from './mailed-links.js'

export const strangersPassword = goodPassword
export const ownersPassword = 'the owner came home at last'

/** What the owner of an address does who finds an account there: a reset by mail, and a sign-in. */
export async function recover(app: TestApp, email: string, password = ownersPassword) {
  await askForReset(app, email)
  const token = await tokenFor(app, email)
  expect(await resetBy(app, token, password)).toBe('User')
  return signIn(app, { email, password })
}

export async function loginCode(app: TestApp, email: string, password: string) {
  const { data } = await call(app, LoginDocument, { input: { email, password } })
  return failure(data?.login).code
}

export type Foothold = Pick<Person, 'accessToken' | 'refreshToken'>

/** Nothing that a stranger held of the account opens anything. */
export async function expectNoWayIn(app: TestApp, email: string, footholds: readonly Foothold[]) {
  expect(await loginCode(app, email, strangersPassword)).toBe('INVALID_CREDENTIALS')
  for (const { accessToken, refreshToken } of footholds) {
    expect(await refusalOf(app, accessToken)).toBe('SESSION_ENDED')
    expect(failure(await refresh(app, refreshToken)).code).toBe('SESSION_ENDED')
  }
}

/** The owner's session works, and the account has the owner's address, proved. */
export async function expectOwned(app: TestApp, owner: Person) {
  expect((await me(app, owner.accessToken)).data?.me).toMatchObject({
    id: owner.id,
    email: owner.email,
    emailVerified: true,
  })
  const refreshToken = { expiresAt: { gt: app.clock.now() } }
  const alive = await app.db.session.findMany({
    where: { userId: owner.id, endedAt: null, refreshToken },
  })
  expect(alive.map(({ id }) => id)).toEqual([owner.sessionId])
  expect(await app.db.oneTimeToken.count({ where: { userId: owner.id, usedHash: null } })).toBe(0)
  expect(await app.app.services.email.pendingEmail(owner.id)).toBeNull()
}
