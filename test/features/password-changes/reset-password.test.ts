import { afterAll, describe, expect, it } from 'vitest'
import { LoginDocument, ResetPasswordDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  me,
  refresh,
  getRefusalReason,
  registerPerson,
  signIn,
  getAuthPayload,
  newEmail,
  type Person,
} from '../../support/app/client.js'
import { forwardedFor } from '../../support/app/rate-limits.js'
import { listMailTo, getMailedToken } from '../../support/mail/mail.js'
import {
  anotherPassword,
  requestEmailChange,
  requestPasswordReset,
  confirmEmailChange,
  resetPassword,
  verifyEmail,
} from '../../support/mail/mailed-links.js'
import {
  findAuditEvents,
  trackChanges,
  withoutFailureCounts,
} from '../../support/database/track-changes.js'

const app = await startApp({ env: { TRUST_PROXY: '1' } })
afterAll(app.close)

const login = async ({ email }: Person, password: string) =>
  (await call(app, LoginDocument, { input: { email, password } })).data?.login

async function resetTokenOf({ email }: Person) {
  await app.deliver()
  await requestPasswordReset(app, email)
  return getMailedToken(app, email)
}

const eventsOf = async ({ id }: Person, type: string) =>
  (await findAuditEvents(app, id)).filter((event) => event.type === type)

describe('a password reset', () => {
  it('replaces the old password, ends all sessions and starts none', async () => {
    const person = await registerPerson(app)
    const other = await signIn(app, person)
    const token = await resetTokenOf(person)
    const sessions = await app.db.session.count()

    const input = { token, newPassword: anotherPassword }
    const { data, headers } = await call(app, ResetPasswordDocument, { input })
    expect(data?.resetPassword).toMatchObject({ __typename: 'User', id: person.id })
    expect(headers.get('set-cookie')).toBeNull()
    expect(await app.db.session.count()).toBe(sessions)
    for (const { accessToken, refreshToken, sessionId: id } of [person, other]) {
      expect(await getRefusalReason(app, accessToken)).toBe('SESSION_ENDED')
      expect(getAuthError(await refresh(app, refreshToken)).code).toBe('SESSION_ENDED')
      const { endReason } = await app.db.session.findUniqueOrThrow({ where: { id } })
      expect(endReason).toBe('PASSWORD_CHANGED')
    }
    expect(getAuthError(await login(person, goodPassword)).code).toBe('INVALID_CREDENTIALS')
    getAuthPayload(await login(person, anotherPassword))
  })

  it('consumes the link', async () => {
    const person = await registerPerson(app)
    const token = await resetTokenOf(person)
    await resetPassword(app, token)
    const { result, touched } = await trackChanges(app, () =>
      resetPassword(app, token, { newPassword: 'a third horse altogether' }),
    )
    expect(getAuthError(result).code).toBe('INVALID_TOKEN')
    expect(withoutFailureCounts(touched)).toEqual([])
    getAuthPayload(await login(person, anotherPassword))
  })

  it('verifies an unverified address and keeps a verified one unchanged', async () => {
    const person = await registerPerson(app)
    const { id } = person
    const user = await resetPassword(app, await resetTokenOf(person))
    expect(user).toMatchObject({ emailVerified: true })
    const first = await app.db.user.findUniqueOrThrow({ where: { id } })
    expect(first.emailVerifiedAt).not.toBeNull()

    await resetPassword(app, await resetTokenOf(person), { newPassword: goodPassword })
    const { emailVerifiedAt } = await app.db.user.findUniqueOrThrow({ where: { id } })
    expect(emailVerifiedAt).toEqual(first.emailVerifiedAt)
    expect(await eventsOf(person, 'EMAIL_VERIFIED')).toMatchObject([{ success: true, actorId: id }])
  })

  it('revokes all other mailed links', async () => {
    const person = await registerPerson(app)
    const verification = await getMailedToken(app, person.email)
    const nextEmail = newEmail()
    await requestEmailChange(app, person.accessToken, nextEmail)
    const change = await getMailedToken(app, nextEmail)
    const older = await resetTokenOf(person)
    await resetPassword(app, await resetTokenOf(person))

    const input = { token: verification, password: anotherPassword }
    const { result, touched } = await trackChanges(app, () =>
      Promise.all([
        verifyEmail(app, input),
        confirmEmailChange(app, change),
        resetPassword(app, older),
      ]),
    )
    expect(result.map((each) => getAuthError(each).code)).toEqual(Array(3).fill('INVALID_TOKEN'))
    expect(touched).toEqual([])
    const { accessToken } = await signIn(app, { ...person, password: anotherPassword })
    expect((await me(app, accessToken)).data?.me?.email).toBe(person.email)
  })

  it('makes only the network of the request a known network', async () => {
    const person = await registerPerson(app)
    await resetPassword(app, await resetTokenOf(person), { headers: forwardedFor('203.0.113.7') })
    const known = await app.db.knownAddress.findMany({ where: { userId: person.id } })
    expect(known.map(({ network }) => network)).toEqual(['203.0.113.7'])
  })

  it('notifies the owner and records both the request and the reset', async () => {
    const person = await registerPerson(app)
    const { id, email } = person
    const browserHeaders = { 'user-agent': 'A browser', ...forwardedFor('203.0.113.8') }
    await requestPasswordReset(app, email, { headers: browserHeaders })
    expect(await eventsOf(person, 'PASSWORD_RESET_REQUESTED')).toEqual([])
    const token = await getMailedToken(app, email)
    const before = (await listMailTo(app, email)).length
    await resetPassword(app, token, { headers: forwardedFor('203.0.113.9') })

    const requestedFrom = { actorId: null, ipAddress: '203.0.113.8', userAgent: 'A browser' }
    expect(await eventsOf(person, 'PASSWORD_RESET_REQUESTED')).toMatchObject([
      { ...requestedFrom, success: true },
    ])
    expect(await eventsOf(person, 'PASSWORD_RESET')).toMatchObject([
      { actorId: id, ipAddress: '203.0.113.9', success: true },
    ])
    const newMails = (await listMailTo(app, email)).slice(before)
    expect(newMails).toMatchObject([{ kind: 'PASSWORD_CHANGED', url: null }])
    expect(newMails[0]?.text).not.toContain(anotherPassword)
  })
})
