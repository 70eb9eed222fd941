// Data that survives the page: tokens, if they are to be stored. Unusable storage and unreadable entries count as
// empty.
import { afterAll, describe, expect, it } from 'vitest'
import type { TokenStorage } from '@latchkey/client'
import { startApp } from '../support/app/app.js'
import { getRefusalReason } from '../support/app/client.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'
import { createAsyncStorage, createMemoryStorage } from '../support/clients/token-storage.js'

const app = await startApp()
afterAll(app.close)

const throwForbidden = () => {
  throw new DOMException('The operation is insecure.', 'SecurityError')
}
const throwQuotaExceeded = () => {
  throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
}

describe.each([
  ['localStorage', createMemoryStorage],
  ['AsyncStorage', createAsyncStorage],
])('with %s', (_, createStorage) => {
  it('a session survives the page, and sends no request while its token is valid', async () => {
    const storage = createStorage()
    const { accessToken, id } = await createSessionFixture(app, { storage }).register()
    const next = createSessionFixture(app, { storage })
    expect(await next.session.ready()).toEqual({ status: 'signed-in', userId: id })
    expect(await next.session.accessToken()).toBe(accessToken)
    expect(next.network.sent).toEqual([])
    app.clock.advance('11m')
    const renewed = await next.session.accessToken()
    const third = createSessionFixture(app, { storage })
    expect(await third.session.accessToken()).toBe(renewed)
    expect(third.network.sent).toEqual([])
  })

  it('sessions with two names coexist', async () => {
    const storage = createStorage()
    const one = createSessionFixture(app, { storage, name: 'one' })
    const two = createSessionFixture(app, { storage, name: 'two' })
    const [first, second] = [await one.register(), await two.register()]
    await one.session.signOut()
    expect(two.session.state()).toEqual({ status: 'signed-in', userId: second.id })
    expect([...storage.items.keys()].map((key) => key.split('.')[0])).toEqual(['two'])
    expect(await getRefusalReason(app, first.accessToken)).toBe('SESSION_ENDED')
    expect(await getRefusalReason(app, second.accessToken)).toBeUndefined()
  })
})

describe('a session that cannot be stored', () => {
  const memory = createMemoryStorage()
  const storages: [string, TokenStorage][] = [
    ['is full', { ...memory, setItem: throwQuotaExceeded }],
    [
      'is forbidden',
      { getItem: throwForbidden, setItem: throwForbidden, removeItem: throwForbidden },
    ],
    ['is full, later', { ...memory, setItem: () => Promise.resolve().then(throwQuotaExceeded) }],
    [
      'empties itself',
      { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
    ],
  ]

  it.each(storages)('lasts as long as the page if storage %s', async (_, storage) => {
    const { session, register, events, network } = createSessionFixture(app, { storage })
    await register()
    for (let i = 0; i < 2; i += 1) {
      app.clock.advance('11m')
      expect(await getRefusalReason(app, await session.accessToken())).toBeUndefined()
    }
    expect(network.countSent('RefreshSession')).toBe(2)
    await session.signOut()
    expect(events).toEqual(['signed-in', 'signed-out: SIGNED_OUT'])
  })

  it('never sends a refresh token that it could not replace, which would count as stolen', async () => {
    const storage: { -readonly [K in keyof TokenStorage]: TokenStorage[K] } = createMemoryStorage()
    const { session, register, events } = createSessionFixture(app, { storage })
    await register()
    storage.setItem = throwQuotaExceeded
    for (let i = 0; i < 3; i += 1) {
      app.clock.advance('11m')
      expect(await getRefusalReason(app, await session.accessToken())).toBeUndefined()
    }
    expect(events).toEqual(['signed-in'])
    expect(await createSessionFixture(app, { storage }).session.ready()).toMatchObject({
      reason: null,
    })
  })
})

describe('a stored entry', () => {
  it.each([
    '',
    'garbage',
    'null',
    '[]',
    '"text"',
    '{"tokens":{"accessToken":"of another version"},"leaving":"R"}',
    '{"tokens":null,"leaving":{}}',
  ])('is ignored and overwritten if it is %j', async (text) => {
    const storage = { ...createMemoryStorage(), getItem: () => text }
    const fixture = createSessionFixture(app, { storage })
    expect(await fixture.session.ready()).toEqual({ status: 'signed-out', reason: null })
    expect(await fixture.session.accessToken()).toBeNull()
    expect(fixture.network.sent).toEqual([])
  })

  it('is adopted if another page signed in another user without notice to this page', async () => {
    const storage = createMemoryStorage()
    const fixture = createSessionFixture(app, { storage })
    await fixture.register()
    app.clock.advance('11m')
    const { id, accessToken } = await createSessionFixture(app, { storage }).register()
    expect(await fixture.session.accessToken()).toBeNull() // an operation started by one user is never sent as another
    expect(fixture.session.state()).toEqual({ status: 'signed-in', userId: id })
    expect(await fixture.session.accessToken()).toBe(accessToken)
    expect(fixture.network.countSent('RefreshSession')).toBe(0)
  })
})
