// A session outlives what lies between it and the service: no network, lost answers, a busy service, a broken proxy.
import { afterAll, describe, expect, it, vi } from 'vitest'
import type { SessionOptions } from '@latchkey/client'
import { MeDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, refresh } from '../support/app/client.js'
import { clients } from '../support/clients/graphql-request-application.js'
import { FrozenClock, startRateLimitedApp } from '../support/app/rate-limits.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'
import { createSessionNetwork } from '../support/clients/session-network.js'

const app = await startApp({ clock: new FrozenClock() })
afterAll(app.close)

const failNetwork = () => Promise.reject(new TypeError('fetch failed'))

async function start(server = app, options: Partial<SessionOptions> = {}) {
  const sessionNetwork = createSessionNetwork()
  const fixture = createSessionFixture(server, { fetch: sessionNetwork.fetch, ...options })
  const person = await fixture.register()
  return { ...fixture, person, own: sessionNetwork }
}

/** Which rotation of its refresh token a session of the service has come to. */
const rotationsOf = async (sessionId: string) =>
  (await app.db.refreshToken.findFirstOrThrow({ where: { sessionId } })).generation - 1

describe.each(Object.entries(clients))('%s without a network', (_, create) => {
  it('fails with its own network error, signs nobody out, and goes on with one refresh', async () => {
    const fixture = createSessionFixture(app)
    const { id } = await fixture.register()
    const { query } = create(fixture.session, fixture.url, fixture.network.fetch)
    fixture.network.isDown = true
    expect(String((await query(MeDocument, {})).error)).toContain('fetch failed')
    expect(fixture.network.countSent('RefreshSession')).toBe(0)
    app.clock.advance('11m')
    expect(String((await query(MeDocument, {})).error)).toContain('fetch failed')
    expect(fixture.session.state().status).toBe('signed-in')
    const before = fixture.network.countSent('RefreshSession')
    fixture.network.isDown = false
    const { data, error } = await query(MeDocument, {})
    expect([data?.me?.id, error]).toEqual([id, undefined])
    expect(fixture.network.countSent('RefreshSession') - before).toBe(1)
    expect(fixture.events).toEqual(['signed-in'])
  })
})

describe('a refresh whose answer is lost', () => {
  const lossPoints = {
    'before it came': (send: () => Promise<Response>) => send().then(failNetwork),
    'in the middle of it': async (send: () => Promise<Response>) => {
      await send()
      const brokenStream = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"data":'))
          controller.error(new TypeError('terminated'))
        },
      })
      return new Response(brokenStream, { headers: { 'content-type': 'application/json' } })
    },
  }

  it.each(Object.entries(lossPoints))(
    'is asked for again %s, and gets the same successor',
    async (_, lose) => {
      const { session, own, person, events } = await start()
      app.clock.advance('11m')
      own.fates.refresh = (send) => {
        own.fates.refresh = null
        return lose(send)
      }
      const token = await session.accessToken()
      expect(own.refreshAttempts()).toBe(2)
      expect(await rotationsOf(person.sessionId)).toBe(1)
      const { data } = await call(app, MeDocument, {}, { token })
      expect(data?.me?.id).toBe(person.id)
      app.clock.advance('11m') // the grace interval is long over
      expect(await session.accessToken()).not.toBe(token)
      expect(await rotationsOf(person.sessionId)).toBe(2)
      expect(events).toEqual(['signed-in'])
    },
  )
})

const createErrorResponse = (code: string, status: number) => () =>
  Response.json({ errors: [{ message: code, extensions: { code, retryAfter: 30 } }] }, { status })
const createHtmlResponse = () =>
  new Response('<h1>502 Bad Gateway</h1>', {
    status: 502,
    headers: { 'content-type': 'text/html' },
  })

describe.each([
  ['a busy service', createErrorResponse('SERVICE_BUSY', 503), '29s'],
  ['a limit', createErrorResponse('RATE_LIMITED', 200), '29s'],
  ['a proxy whose service is gone', createHtmlResponse, '900ms'],
] as const)('a refresh that %s refuses', (_, refuse, justBefore) => {
  it('is put off: the session goes on, and the service is left alone as long as it asked', async () => {
    const { session, own, events, person } = await start()
    own.fates.refresh = () => Promise.resolve(refuse())
    app.clock.advance('8m') // time for another, and this one still good
    for (let i = 0; i < 5; i += 1) expect(await session.accessToken()).toBe(person.accessToken)
    await vi.waitFor(() => {
      expect(own.refreshAttempts()).toBe(1)
    })
    app.clock.advance(justBefore)
    await session.accessToken()
    expect(await session.recover(person.accessToken, 'TOKEN_EXPIRED')).toBeNull()
    expect(own.refreshAttempts()).toBe(1)
    own.fates.refresh = null
    app.clock.advance('11m')
    const tokens = await Promise.all(Array.from({ length: 5 }, () => session.accessToken()))
    expect(new Set(tokens).size).toBe(1)
    const { data } = await call(app, MeDocument, {}, { token: tokens[0] })
    expect(data?.me?.id).toBe(person.id)
    expect(own.refreshAttempts()).toBe(2)
    expect(events).toEqual(['signed-in'])
  })
})

it('a refresh is not put off for hours by a clock that is set back', async () => {
  let aheadMs = 0
  const { session, own, person } = await start(app, {
    now: () => app.clock.now().getTime() + aheadMs,
  })
  aheadMs = 24 * 60 * 60_000
  own.fates.refresh = () => Promise.resolve(createErrorResponse('SERVICE_BUSY', 503)())
  await session.accessToken()
  expect(own.refreshAttempts()).toBe(1)
  own.fates.refresh = null
  aheadMs = 0
  app.clock.advance('11m')
  const token = await session.accessToken()
  expect((await call(app, MeDocument, {}, { token })).data?.me?.id).toBe(person.id)
})

describe('the limit of refreshes itself', () => {
  it('lets the session go on when its time is over', async () => {
    const limited = await startRateLimitedApp({ env: { RATE_LIMIT_FACTOR: '0.05' } })
    const { session, own, events, person } = await start(limited)
    for (let i = 0; i < 30; i += 1) await refresh(limited, 'somebody else at the same address')
    limited.clock.advance('11m')
    for (let i = 0; i < 30; i += 1) await refresh(limited, 'somebody else at the same address')
    expect(await session.accessToken()).toBe(person.accessToken)
    limited.clock.advance('20s')
    await session.accessToken()
    expect(own.refreshAttempts()).toBe(1)
    limited.clock.advance('1m')
    expect(await session.accessToken()).not.toBe(person.accessToken)
    expect([own.refreshAttempts(), events]).toEqual([2, ['signed-in']])
    await limited.close()
  })
})
