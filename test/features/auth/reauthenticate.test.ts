import { afterAll, describe, expect, it } from 'vitest'
import {
  DeleteAccountDocument,
  LoginDocument,
  ReauthenticateDocument,
} from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  refresh,
  getRefusalReason,
  registerPerson,
  getAuthPayload,
  type Person,
} from '../../support/app/client.js'
import { decodeJwt } from '../../support/app/jwt.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const reauthenticate = async (token: string | null, password: string | null) =>
  (await call(app, ReauthenticateDocument, { input: { password } }, { token })).data?.reauthenticate

const deleteAccount = (token: string, confirmEmail: string) =>
  call(app, DeleteAccountDocument, { input: { confirmEmail } }, { token })

/** A user who signed in long ago, with a valid access token. */
async function signInLongAgo(): Promise<Person> {
  const person = await registerPerson(app)
  app.clock.advance('11m')
  const { accessToken, refreshToken } = getAuthPayload(await refresh(app, person.refreshToken))
  return { ...person, accessToken, refreshToken: refreshToken ?? '' }
}

describe('reauthenticate', () => {
  it('renews auth_time and keeps the session and its refresh token', async () => {
    const person = await signInLongAgo()
    const payload = getAuthPayload(await reauthenticate(person.accessToken, goodPassword))
    expect(payload.refreshToken).toBeNull()
    expect(payload.presenceProof).toMatch(/^[\w-]{43}$/)
    const [before, after] = [person.accessToken, payload.accessToken].map(
      (token) => decodeJwt(token).claims,
    )
    expect(after?.['sid']).toBe(before?.['sid'])
    expect(Number(after?.['auth_time']) - Number(before?.['auth_time'])).toBeGreaterThan(600)
    expect(await getRefusalReason(app, payload.accessToken)).toBeUndefined()
    const next = getAuthPayload(await refresh(app, person.refreshToken))
    expect(decodeJwt(next.accessToken).claims['auth_time']).toBe(after?.['auth_time'])
    const { sessionId } = person
    expect((await findAuditEvents(app, person.id)).at(-1)).toMatchObject({
      type: 'LOGIN',
      success: true,
      sessionId,
    })
  })

  it('needs the correct password; a wrong one is recorded and counted', async () => {
    const person = await signInLongAgo()
    for (const password of ['a wrong password', null]) {
      const { result, touched } = await trackChanges(app, () =>
        reauthenticate(person.accessToken, password),
      )
      expect(getAuthError(result).code).toBe('INVALID_CREDENTIALS')
      expect(touched).toEqual(password === null ? [] : ['audit_events', 'known_addresses'])
    }
    const events = await findAuditEvents(app, person.id)
    expect(events.at(-1)).toMatchObject({ type: 'LOGIN', success: false, actorId: person.id })
  })
})

describe('deleteAccount', () => {
  it('deletes the account with all its data and keeps the audit events', async () => {
    const person = await registerPerson(app)
    const { data } = await deleteAccount(person.accessToken, person.email.toUpperCase())
    expect(data?.deleteAccount).toEqual({ __typename: 'Deleted', id: person.id })

    expect(await getRefusalReason(app, person.accessToken)).toBe('SESSION_ENDED')
    expect(getAuthError(await refresh(app, person.refreshToken)).code).toBe('INVALID_REFRESH_TOKEN')
    const { email, password, id: userId } = person
    const { data: login } = await call(app, LoginDocument, { input: { email, password } })
    expect(getAuthError(login?.login).code).toBe('INVALID_CREDENTIALS')
    expect(await app.db.session.count({ where: { userId } })).toBe(0)
    expect(await app.db.knownAddress.count({ where: { userId } })).toBe(0)
    expect((await findAuditEvents(app, userId)).map(({ type }) => type)).toEqual([
      'USER_REGISTERED',
      'USER_DELETED',
    ])
    expect((await registerPerson(app, email)).id).not.toBe(userId)
  })

  it('needs a presence proof of the last ten minutes', async () => {
    const person = await signInLongAgo()
    const { result, touched } = await trackChanges(app, () =>
      deleteAccount(person.accessToken, person.email),
    )
    expect(getAuthError(result.data?.deleteAccount)).toMatchObject({
      code: 'REAUTHENTICATION_REQUIRED',
      methods: ['PASSWORD'],
    })
    expect(touched).toEqual([])
    const { accessToken } = getAuthPayload(await reauthenticate(person.accessToken, goodPassword))
    const { data } = await deleteAccount(accessToken, person.email)
    expect(data?.deleteAccount?.__typename).toBe('Deleted')
  })

  it('runs once for two concurrent requests', async () => {
    const { accessToken, email, id } = await registerPerson(app)
    const answers = await Promise.all([
      deleteAccount(accessToken, email),
      deleteAccount(accessToken, email),
    ])
    const deleted = answers.filter(({ data }) => data?.deleteAccount?.__typename === 'Deleted')
    expect(deleted).toHaveLength(1)
    const codes = answers.flatMap(({ errors }) =>
      errors.map(({ extensions }) => extensions['code']),
    )
    expect(codes).toEqual(['UNAUTHENTICATED'])
    const events = await findAuditEvents(app, id)
    expect(events.filter(({ type }) => type === 'USER_DELETED')).toHaveLength(1)
  })

  it('needs the address of the account', async () => {
    const person = await registerPerson(app)
    const otherPerson = await registerPerson(app)
    for (const email of [otherPerson.email, 'no address', '']) {
      const { result, touched } = await trackChanges(app, () =>
        deleteAccount(person.accessToken, email),
      )
      expect(getAuthError(result.data?.deleteAccount)).toMatchObject({
        code: 'INVALID_INPUT',
        problems: [{ path: ['input', 'confirmEmail'] }],
      })
      expect(touched).toEqual([])
    }
  })
})
