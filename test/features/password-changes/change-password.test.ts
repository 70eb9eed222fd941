import { afterAll, describe, expect, it, test } from 'vitest'
import { ChangePasswordDocument, LoginDocument } from '@latchkey/client/operations'
import { startApp, type TestApp } from '../../support/app/app.js'
import {
  call,
  goodPassword,
  refresh,
  getAuthError,
  getRefusalReason,
  registerPerson,
  signIn,
  getAuthPayload,
  type Person,
} from '../../support/app/client.js'
import { FrozenClock } from '../../support/app/rate-limits.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

const newPassword = 'another horse entirely'

const changePassword = (
  server: TestApp,
  token: string | null,
  currentPassword: string | null,
  to: string,
) =>
  call(server, ChangePasswordDocument, { input: { currentPassword, newPassword: to } }, { token })

const login = async ({ email }: Person, password: string) =>
  (await call(app, LoginDocument, { input: { email, password } })).data?.login

describe('a changed password', () => {
  it('replaces the old one and ends all other sessions', async () => {
    const person = await registerPerson(app)
    const other = await signIn(app, person)
    const { result } = await trackChanges(app, () =>
      changePassword(app, person.accessToken, goodPassword, newPassword),
    )
    expect(result.data?.changePassword).toMatchObject({ __typename: 'User', id: person.id })

    expect(getAuthError(await login(person, goodPassword)).code).toBe('INVALID_CREDENTIALS')
    getAuthPayload(await login(person, newPassword))
    expect(await getRefusalReason(app, other.accessToken)).toBe('SESSION_ENDED')
    expect(getAuthError(await refresh(app, other.refreshToken)).code).toBe('SESSION_ENDED')
    const ended = await app.db.session.findUniqueOrThrow({ where: { id: other.sessionId } })
    expect(ended.endReason).toBe('PASSWORD_CHANGED')

    expect(await getRefusalReason(app, person.accessToken)).toBeUndefined()
    getAuthPayload(await refresh(app, person.refreshToken))
    const [event] = (await findAuditEvents(app, person.id)).filter(
      ({ type }) => type === 'PASSWORD_CHANGED',
    )
    expect(event).toMatchObject({ actorId: person.id, sessionId: person.sessionId, success: true })
  })

  it('makes only the network of the request a known network', async () => {
    const person = await registerPerson(app)
    const lastSignInAt = app.clock.now()
    const otherNetwork = { userId: person.id, network: '192.0.2.7', lastSignInAt }
    await app.db.knownAddress.create({ data: otherNetwork })
    await app.db.knownAddress.deleteMany({ where: { userId: person.id, network: '127.0.0.1' } })
    await changePassword(app, person.accessToken, goodPassword, newPassword)
    const known = await app.db.knownAddress.findMany({ where: { userId: person.id } })
    expect(known.map(({ network }) => network)).toEqual(['127.0.0.1'])
  })

  it('is exactly one of two concurrent changes', async () => {
    const person = await registerPerson(app)
    const wanted = ['the first of two', 'the second of two']
    const answers = await Promise.all(
      wanted.map((to) => changePassword(app, person.accessToken, goodPassword, to)),
    )
    const done = answers.map(({ data }) => data?.changePassword?.__typename === 'User')
    expect(done.filter(Boolean)).toHaveLength(1)
    getAuthPayload(await login(person, wanted[done.indexOf(true)] ?? ''))
    expect(getAuthError(await login(person, wanted[done.indexOf(false)] ?? '')).code).toBe(
      'INVALID_CREDENTIALS',
    )
  })
})

describe('a password does not change', () => {
  test.each([
    ['with a wrong old one', 'not that one', newPassword, 'INVALID_CREDENTIALS'],
    ['without the old one', null, newPassword, 'INVALID_CREDENTIALS'],
    ['when the new one is weak', goodPassword, 'password1', 'WEAK_PASSWORD'],
    ['when the new one is the address', goodPassword, 'EMAIL', 'WEAK_PASSWORD'],
  ])('%s', async (_, current, to, code) => {
    const person = await registerPerson(app)
    const other = await signIn(app, person)
    const wanted = to === 'EMAIL' ? person.email : to
    const { result, touched } = await trackChanges(app, () =>
      changePassword(app, person.accessToken, current, wanted),
    )
    expect(getAuthError(result.data?.changePassword).code).toBe(code)
    const recorded = code === 'INVALID_CREDENTIALS' ? ['audit_events'] : []
    const counted = recorded.length > 0 && current !== null ? ['known_addresses'] : []
    expect(touched).toEqual([...recorded, ...counted])
    expect(await getRefusalReason(app, other.accessToken)).toBeUndefined()
    getAuthPayload(await login(person, goodPassword))
  })

  it('without a valid access token', async () => {
    const { result, touched } = await trackChanges(app, () =>
      changePassword(app, null, goodPassword, newPassword),
    )
    expect(result.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    expect(touched).toEqual([])
  })
})

it('guesses at the old password have the same delay as guesses at sign-in', async () => {
  const limited = await startApp({ clock: new FrozenClock(), env: { RATE_LIMIT_FACTOR: '1' } })
  try {
    const person = await registerPerson(limited)
    const guess = () => changePassword(limited, person.accessToken, 'a guess', newPassword)
    for (let i = 0; i < 5; i += 1) {
      expect(getAuthError((await guess()).data?.changePassword).code).toBe('INVALID_CREDENTIALS')
    }
    expect((await guess()).errors).toMatchObject([
      { extensions: { code: 'RATE_LIMITED', retryAfter: 1 } },
    ])
    const input = { email: person.email, password: goodPassword }
    const { errors } = await call(limited, LoginDocument, { input })
    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])
  } finally {
    await limited.close()
  }
})
