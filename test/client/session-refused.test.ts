// What is over is over, once; and a service that refuses tokens that are good signs nobody out.
import { afterAll, describe, expect, it } from 'vitest'
import { MeDocument, MySessionsDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import {
  startAnswering,
  unauthenticated,
  type Said,
} from '../support/processes/answering-service.js'
import { logout, refresh, registerPerson, type Person } from '../support/app/client.js'
import { clients } from '../support/clients/graphql-request-application.js'
import { createSessionAt } from '../support/clients/session-clients.js'
import { createMemoryStorage } from '../support/clients/token-storage.js'

const app = await startApp()
afterAll(app.close)

type End = (person: Person) => unknown

const ends: [string, End][] = [
  [
    'REFRESH_TOKEN_EXPIRED',
    () => {
      app.clock.advance('15d')
    },
  ],
  ['REFRESH_TOKEN_REUSED', ({ refreshToken }) => refresh(app, refreshToken)],
  ['SESSION_ENDED', ({ refreshToken }) => logout(app, refreshToken)],
]

describe.each(ends)('a session whose refresh is refused: %s', (code, end) => {
  it('ends with one event, leaves nothing in storage, and nothing is tried twice', async () => {
    const storage = createMemoryStorage()
    const at = createSessionAt(app, { storage })
    const person = await at.register()
    expect(storage.items.size).toBe(1)
    await end(person)
    app.clock.advance('11m')
    expect(await at.session.accessToken()).toBeNull()
    expect(at.events).toEqual(['signed-in', `signed-out: ${code}`])
    expect(storage.items.size).toBe(0)
    for (const create of Object.values(clients)) {
      const from = at.network.sent.length
      const { query } = create(at.session, at.url, at.network.fetch)
      expect((await query(MeDocument, {})).data?.me).toBeNull()
      const sent = at.network.sent.slice(from)
      expect(sent).toMatchObject([{ operation: 'Me', authorization: null }])
    }
    expect(at.network.count('RefreshSession')).toBe(1)
    expect(at.events).toHaveLength(2)
  })
})

describe('a session that was kept with a garbled refresh token', () => {
  it('ends likewise', async () => {
    const storage = createMemoryStorage()
    const { refreshToken } = await createSessionAt(app, { storage }).register()
    const [[key, text]] = [...storage.items] as [[string, string]]
    storage.items.set(key, text.replace(refreshToken, 'garbage'))
    const at = createSessionAt(app, { storage })
    app.clock.advance('11m')
    expect(await at.session.accessToken()).toBeNull()
    expect(at.events).toEqual(['signed-in', 'signed-out: INVALID_REFRESH_TOKEN'])
    expect(storage.items.size).toBe(0)
  })
})

const jsonOf = (extensions?: object): Said => ({
  status: 401,
  body: { errors: [{ message: 'Unauthenticated', ...(extensions && { extensions }) }] },
})

const refusals: [string, { said: Said; refreshes: number }][] = [
  ['for another audience', { said: unauthenticated('TOKEN_INVALID'), refreshes: 1 }],
  ['that tokens do not reach', { said: unauthenticated('TOKEN_MISSING'), refreshes: 0 }],
  ['behind Hive Gateway (401 without a code)', { said: jsonOf(), refreshes: 1 }],
  ['behind Apollo Router', { said: jsonOf({ code: 'AUTH_ERROR' }), refreshes: 1 }],
  [
    'that says 401 in plain text',
    { said: { status: 401, type: 'text/plain', body: 'no' }, refreshes: 1 },
  ],
]

describe.each(refusals)('a service %s that refuses every token', (_, { said, refreshes }) => {
  it('is asked at most twice, costs one refresh in all, and signs nobody out', async () => {
    for (const create of Object.values(clients)) {
      const service = await startAnswering(() => said)
      const at = createSessionAt(app)
      await at.register()
      const { query } = create(at.session, service.url, at.network.fetch)
      expect((await query(MeDocument, {})).error).toBeTruthy()
      expect(service.asked).toHaveLength(1 + refreshes)
      await Promise.all(
        Array.from({ length: 5 }, (_, i) => query(MySessionsDocument, { first: i + 1 })),
      )
      expect(service.asked).toHaveLength(6 + refreshes)
      expect(at.network.count('RefreshSession')).toBe(refreshes)
      expect(at.events).toEqual(['signed-in'])
      service.close()
    }
  })
})

describe.each(Object.entries(clients))('%s behind a gateway', (_, create) => {
  it('succeeds when the next token is taken', async () => {
    let first: string | null = null
    const service = await startAnswering((authorization) => {
      first ??= authorization
      return authorization === first ? jsonOf() : { body: { data: { me: null } } }
    })
    const at = createSessionAt(app)
    await at.register()
    const { query } = create(at.session, service.url, at.network.fetch)
    expect(await query(MeDocument, {})).toEqual({ data: { me: null }, error: undefined })
    expect(service.asked).toHaveLength(2)
    service.close()
  })

  it('sends nothing again as another user who has signed in meanwhile', async () => {
    const other = await registerPerson(app)
    const at = createSessionAt(app)
    const service = await startAnswering(async () => {
      await at.session.signIn({ ...other, expiresIn: 600 })
      return jsonOf()
    })
    await at.register()
    const { query } = create(at.session, service.url, at.network.fetch)
    expect((await query(MeDocument, {})).error).toBeTruthy()
    expect(service.asked).toHaveLength(1)
    expect(at.session.state()).toMatchObject({ userId: other.id })
    service.close()
  })
})
