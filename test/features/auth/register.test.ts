import { afterAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { RegisterDocument, type RegisterInput } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  goodPassword,
  me,
  newEmail,
  refresh,
  registerPerson,
  getAuthPayload,
  type Server,
} from '../../support/app/client.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

async function register(input: Partial<RegisterInput> = {}, server: Server = app) {
  const fullInput = { email: newEmail(), password: goodPassword, ...input }
  const { data } = await call(server, RegisterDocument, { input: fullInput })
  return data?.register
}

describe('an acceptable registration', () => {
  it('creates the account and signs it in at once', async () => {
    const email = newEmail()
    const input = { email, username: 'Ana.B', name: ' Ana  Bea ', locale: 'pt-br' }
    const payload = getAuthPayload(await register(input))
    const profile = { email, username: 'Ana.B', name: 'Ana  Bea', locale: 'pt-BR' }
    expect(payload).toMatchObject({ tokenType: 'Bearer', user: profile })

    const { id } = payload.user
    expect((await me(app, payload.accessToken)).data?.me).toEqual(payload.user)
    const refreshed = getAuthPayload(await refresh(app, payload.refreshToken ?? ''))
    expect(refreshed.session).toEqual(payload.session)
    const row = await app.db.user.findUniqueOrThrow({ where: { id } })
    expect(row).toMatchObject({ ...profile, disabledAt: null, lastLoginAt: row.createdAt })
  })

  it('is recorded with its session, IP address and browser', async () => {
    const { id, sessionId } = await registerPerson(app)
    expect(await findAuditEvents(app, id)).toMatchObject([
      {
        type: 'USER_REGISTERED',
        actorId: id,
        sessionId,
        success: true,
        ipAddress: '127.0.0.1',
        userAgent: 'node',
        details: null,
      },
    ])
  })

  it('stores the password as Argon2id with OWASP parameters and its own salt', async () => {
    const people = await Promise.all([registerPerson(app), registerPerson(app)])
    const userId = { in: people.map(({ id }) => id) }
    const rows = await app.db.passwordCredential.findMany({ where: { userId } })
    const [one = [], other = []] = rows.map(({ hash }) => hash.split('$'))
    expect(one.slice(0, 4)).toEqual(['', 'argon2id', 'v=19', 'm=19456,t=2,p=1'])
    expect(other.slice(0, 4)).toEqual(one.slice(0, 4))
    expect(other[4]).not.toBe(one[4])
    expect(other[5]).not.toBe(one[5])
  })

  test.each([
    ['Mixed.Case+Tag@Example.COM', 'mixed.case+tag@example.com'],
    ['ana@bücher.example', 'ana@xn--bcher-kva.example'],
    ['ana@ｗｉｄｅ.example', 'ana@wide.example'],
    ['bea@\u212a.example', 'bea@k.example'],
  ])('of %s stores one canonical address', async (email, canonical) => {
    expect(getAuthPayload(await register({ email })).user.email).toBe(canonical)
    expect(await app.db.user.count({ where: { email: canonical } })).toBe(1)
  })

  test.each([
    ['  Ana’s\n\u202ephone\u200b ', 'Ana’sphone'],
    ['x'.repeat(500), 'x'.repeat(100)],
    ['📱'.repeat(101), '📱'.repeat(100)],
    [' \t\u200b ', null],
  ])('with the device name %.20j creates a session named %.20j', async (deviceName, stored) => {
    const { session } = getAuthPayload(await register({ deviceName }))
    const row = await app.db.session.findUniqueOrThrow({ where: { id: session.id } })
    expect(row.deviceName).toBe(stored)
  })
})

describe('an address and a user name belong to one account', () => {
  test.each<[string, Partial<RegisterInput>, Partial<RegisterInput>]>([
    ['EMAIL_TAKEN', { email: 'taken@bücher.example' }, { email: 'Taken@BÜCHER.example' }],
    ['EMAIL_TAKEN', { email: 'bob@bücher.example' }, { email: 'bob@xn--bcher-kva.example' }],
    ['USERNAME_TAKEN', { username: 'Taken' }, { username: 'tAKEN' }],
    ['USERNAME_TAKEN', { username: 'Ärmel' }, { username: 'äRMEL' }],
  ])('%s for a variant of %j, which writes nothing', async (code, first, variant) => {
    getAuthPayload(await register(first))
    const { result, touched } = await trackChanges(app, () => register(variant))
    expect(getAuthError(result).code).toBe(code)
    expect(touched).toEqual([])
  })

  test.each([
    ['EMAIL_TAKEN', (name: string) => ({ email: `${name}@storm.example` })],
    ['USERNAME_TAKEN', (username: string) => ({ username })],
  ])(
    '20 concurrent registrations of variants create one account and return %s 19 times',
    async (code, input) => {
      const count = async () => [
        await app.db.user.count(),
        await app.db.passwordCredential.count(),
        await app.db.session.count(),
        await app.db.auditEvent.count(),
      ]
      const before = await count()
      const name = 'abcdefghijklmnopqrst'
      const variants = Array.from(name, (letter) => name.replace(letter, letter.toUpperCase()))
      const results = await Promise.all(variants.map((variant) => register(input(variant))))
      const outcomes = results.map((result) =>
        result?.__typename === 'AuthPayload' ? 'created' : getAuthError(result).code,
      )
      expect(outcomes.sort()).toEqual([...Array<string>(19).fill(code), 'created'].sort())
      expect(await count()).toEqual(before.map((n) => n + 1))
    },
  )
})

describe('REGISTRATION=closed', () => {
  it('refuses all registrations and is visible in authSettings', async () => {
    const closed = await startApp({ env: { REGISTRATION: 'closed' } })
    onTestFinished(closed.close)
    for (const input of [{}, { email: 'no address' }, { password: 'x' }]) {
      const { result, touched } = await trackChanges(closed, () => register(input, closed))
      expect(getAuthError(result).code).toBe('REGISTRATION_CLOSED')
      expect(touched).toEqual([])
    }
    const { text } = await call(closed, '{ authSettings { registrationOpen } }', {})
    expect(JSON.parse(text)).toEqual({ data: { authSettings: { registrationOpen: false } } })
  })
})
