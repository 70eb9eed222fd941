import { afterAll, describe, expect, it, test } from 'vitest'
import { LoginDocument, type LoginInput } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  me,
  newEmail,
  refresh,
  registerPerson,
  getAuthPayload,
} from '../../support/app/client.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

async function login(input: LoginInput) {
  const { data } = await call(app, LoginDocument, { input })
  return data?.login
}

describe('the correct password', () => {
  it('starts a new session and keeps the existing ones', async () => {
    const person = await registerPerson(app)
    app.clock.advance('1m')
    const payload = getAuthPayload(
      await login({ ...pickCredentials(person), deviceName: 'Ana’s phone' }),
    )
    expect(payload.user).toMatchObject({ id: person.id, email: person.email })
    expect(payload.session.id).not.toBe(person.sessionId)

    const session = await app.db.session.findUniqueOrThrow({ where: { id: payload.session.id } })
    expect(session).toMatchObject({
      userId: person.id,
      deviceName: 'Ana’s phone',
      ipAddress: '127.0.0.1',
      userAgent: 'node',
      authenticationMethods: ['PASSWORD'],
      authenticatedAt: session.createdAt,
      endedAt: null,
    })
    expect((await me(app, payload.accessToken)).data?.me).toEqual(payload.user)
    expect((await me(app, person.accessToken)).data?.me?.id).toBe(person.id)
    getAuthPayload(await refresh(app, payload.refreshToken ?? ''))
  })

  it('is recorded and updates the last sign-in', async () => {
    const person = await registerPerson(app)
    app.clock.advance('1h')
    const { session, user } = getAuthPayload(await login(pickCredentials(person)))
    const [, event] = await findAuditEvents(app, person.id)
    expect(event).toMatchObject({
      type: 'LOGIN',
      actorId: person.id,
      sessionId: session.id,
      success: true,
      details: null,
    })
    const row = await app.db.user.findUniqueOrThrow({ where: { id: person.id } })
    expect(row.lastLoginAt?.getTime()).toBeGreaterThanOrEqual(row.createdAt.getTime() + 3_600_000)
    expect(user.lastLoginAt).toBe(row.lastLoginAt?.toISOString())
  })

  test.each([
    ['ana.login@bücher.example', 'ANA.Login@BÜCHER.example'],
    ['bea.login@bücher.example', 'bea.login@xn--bcher-kva.example'],
  ])('opens the account of %s, typed as %s', async (email, typed) => {
    const { id, password } = await registerPerson(app, email)
    expect(getAuthPayload(await login({ email: typed, password })).user.id).toBe(id)
  })
})

describe('INVALID_CREDENTIALS', () => {
  const typed = 'typed-into-the-wrong-field'

  it('is the answer to a wrong password, which is recorded with the account and counted', async () => {
    const { id, email } = await registerPerson(app)
    const { result, touched } = await trackChanges(app, () => login({ email, password: typed }))
    expect(getAuthError(result).code).toBe('INVALID_CREDENTIALS')
    expect(touched).toEqual(['audit_events', 'known_addresses'])
    const [, event] = await findAuditEvents(app, id)
    expect(event).toMatchObject({ type: 'LOGIN', success: false, actorId: null, sessionId: null })
    expect(JSON.stringify(event)).not.toContain(typed)
  })

  test.each([
    ['an unknown address', `${typed}@example.com`, ['audit_events', 'guess_counts']],
    ['no address', typed, ['audit_events']],
    ['an empty address', '', ['audit_events']],
    ['an endless address', `${typed}${'a'.repeat(2_000)}@example.com`, ['audit_events']],
  ])(
    'is the answer to %s, which is recorded without the typed values',
    async (_, email, tables) => {
      const before = await findAuditEvents(app, null)
      const { result, touched } = await trackChanges(app, () => login({ email, password: typed }))
      expect(getAuthError(result).code).toBe('INVALID_CREDENTIALS')
      expect(touched).toEqual(tables)
      const events = (await findAuditEvents(app, null)).slice(before.length)
      expect(events).toMatchObject([
        { type: 'LOGIN', success: false, actorId: null, details: null },
      ])
      expect(JSON.stringify(events)).not.toContain(typed)
      expect(app.logLines.join()).not.toContain(typed)
    },
  )

  it('is the answer to every password for an account without a password', async () => {
    const { id, email } = await registerPerson(app)
    await app.db.passwordCredential.delete({ where: { userId: id } })
    for (const password of ['', 'null', 'the password of no account']) {
      expect(getAuthError(await login({ email, password })).code).toBe('INVALID_CREDENTIALS')
    }
  })

  it('is identical for a wrong password and an unknown address', async () => {
    const { email } = await registerPerson(app)
    const wrong = getAuthError(await login({ email, password: typed }))
    expect(getAuthError(await login({ email: newEmail(), password: typed }))).toEqual(wrong)
    expect(wrong).toMatchObject({ problems: [], passwordProblems: null })
  })
})

describe('a disabled account', () => {
  it('cannot sign in, and only the correct password reveals that it is disabled', async () => {
    const person = await registerPerson(app)
    const disabledAt = app.clock.now()
    await app.db.user.update({ where: { id: person.id }, data: { disabledAt } })

    const right = await trackChanges(app, () => login(pickCredentials(person)))
    expect(getAuthError(right.result).code).toBe('ACCOUNT_DISABLED')
    expect(right.touched).toEqual(['audit_events'])
    const wrong = await trackChanges(app, () =>
      login({ ...pickCredentials(person), password: 'not this one' }),
    )
    expect(getAuthError(wrong.result).code).toBe('INVALID_CREDENTIALS')
    expect(wrong.touched).toEqual(['audit_events', 'known_addresses'])
    expect((await findAuditEvents(app, person.id)).slice(1)).toMatchObject([
      { type: 'LOGIN', success: false, sessionId: null },
      { type: 'LOGIN', success: false, sessionId: null },
    ])

    await app.db.user.update({ where: { id: person.id }, data: { disabledAt: null } })
    getAuthPayload(await login(pickCredentials(person)))
  })
})

const pickCredentials = ({ email, password }: LoginInput) => ({ email, password })
