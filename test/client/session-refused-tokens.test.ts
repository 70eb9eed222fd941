// What is over is over, once; and a service that refuses tokens that are good signs nobody out.
import { afterAll, describe, expect, it } from 'vitest'
import { MeDocument, MySessionsDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import {
  startStubService,
  unauthenticatedResponse,
  type StubResponse,
} from '../support/processes/stub-service.js'
import { logout, refresh, registerPerson, type Person } from '../support/app/client.js'
import { clients } from '../support/clients/graphql-request-application.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'
import { createMemoryStorage } from '../support/clients/token-storage.js'

const app = await startApp()
afterAll(app.close)

type EndSession = (person: Person) => unknown

const sessionEndings: [string, EndSession][] = [
  [
    'REFRESH_TOKEN_EXPIRED',
    () => {
      app.clock.advance('15d')
    },
  ],
  ['REFRESH_TOKEN_REUSED', ({ refreshToken }) => refresh(app, refreshToken)],
  ['SESSION_ENDED', ({ refreshToken }) => logout(app, refreshToken)],
]

describe.each(sessionEndings)('a session whose refresh is refused: %s', (code, end) => {
  it('ends with one event, leaves nothing in storage, and nothing is tried twice', async () => {
    const storage = createMemoryStorage()
    const fixture = createSessionFixture(app, { storage })
    const person = await fixture.register()
    expect(storage.items.size).toBe(1)
    await end(person)
    app.clock.advance('11m')
    expect(await fixture.session.accessToken()).toBeNull()
    expect(fixture.events).toEqual(['signed-in', `signed-out: ${code}`])
    expect(storage.items.size).toBe(0)
    for (const create of Object.values(clients)) {
      const sentBefore = fixture.network.sent.length
      const { query } = create(fixture.session, fixture.url, fixture.network.fetch)
      expect((await query(MeDocument, {})).data?.me).toBeNull()
      const sent = fixture.network.sent.slice(sentBefore)
      expect(sent).toMatchObject([{ operation: 'Me', authorization: null }])
    }
    expect(fixture.network.countSent('RefreshSession')).toBe(1)
    expect(fixture.events).toHaveLength(2)
  })
})

describe('a session that was kept with a garbled refresh token', () => {
  it('ends likewise', async () => {
    const storage = createMemoryStorage()
    const { refreshToken } = await createSessionFixture(app, { storage }).register()
    const [[key, text]] = [...storage.items] as [[string, string]]
    storage.items.set(key, text.replace(refreshToken, 'garbage'))
    const fixture = createSessionFixture(app, { storage })
    app.clock.advance('11m')
    expect(await fixture.session.accessToken()).toBeNull()
    expect(fixture.events).toEqual(['signed-in', 'signed-out: INVALID_REFRESH_TOKEN'])
    expect(storage.items.size).toBe(0)
  })
})

const createJsonResponse = (extensions?: object): StubResponse => ({
  status: 401,
  body: { errors: [{ message: 'Unauthenticated', ...(extensions && { extensions }) }] },
})

const refusals: [string, { response: StubResponse; refreshes: number }][] = [
  ['for another audience', { response: unauthenticatedResponse('TOKEN_INVALID'), refreshes: 1 }],
  [
    'that tokens do not reach',
    { response: unauthenticatedResponse('TOKEN_MISSING'), refreshes: 0 },
  ],
  ['behind Hive Gateway (401 without a code)', { response: createJsonResponse(), refreshes: 1 }],
  ['behind Apollo Router', { response: createJsonResponse({ code: 'AUTH_ERROR' }), refreshes: 1 }],
  [
    'that says 401 in plain text',
    { response: { status: 401, type: 'text/plain', body: 'no' }, refreshes: 1 },
  ],
]

describe.each(refusals)('a service %s that refuses every token', (_, { response, refreshes }) => {
  it('is asked at most twice, costs one refresh in all, and signs nobody out', async () => {
    for (const create of Object.values(clients)) {
      const service = await startStubService(() => response)
      const fixture = createSessionFixture(app)
      await fixture.register()
      const { query } = create(fixture.session, service.url, fixture.network.fetch)
      expect((await query(MeDocument, {})).error).toBeTruthy()
      expect(service.asked).toHaveLength(1 + refreshes)
      await Promise.all(
        Array.from({ length: 5 }, (_, i) => query(MySessionsDocument, { first: i + 1 })),
      )
      expect(service.asked).toHaveLength(6 + refreshes)
      expect(fixture.network.countSent('RefreshSession')).toBe(refreshes)
      expect(fixture.events).toEqual(['signed-in'])
      service.close()
    }
  })
})

describe.each(Object.entries(clients))('%s behind a gateway', (_, create) => {
  it('succeeds when the next token is taken', async () => {
    let first: string | null = null
    const service = await startStubService((authorization) => {
      first ??= authorization
      return authorization === first ? createJsonResponse() : { body: { data: { me: null } } }
    })
    const fixture = createSessionFixture(app)
    await fixture.register()
    const { query } = create(fixture.session, service.url, fixture.network.fetch)
    expect(await query(MeDocument, {})).toEqual({ data: { me: null }, error: undefined })
    expect(service.asked).toHaveLength(2)
    service.close()
  })

  it('sends nothing again as another user who has signed in meanwhile', async () => {
    const other = await registerPerson(app)
    const fixture = createSessionFixture(app)
    const service = await startStubService(async () => {
      await fixture.session.signIn({ ...other, expiresIn: 600 })
      return createJsonResponse()
    })
    await fixture.register()
    const { query } = create(fixture.session, service.url, fixture.network.fetch)
    expect((await query(MeDocument, {})).error).toBeTruthy()
    expect(service.asked).toHaveLength(1)
    expect(fixture.session.state()).toMatchObject({ userId: other.id })
    service.close()
  })
})
