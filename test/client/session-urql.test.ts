// What urql has beyond queries and mutations goes through the exchange of a session as it does without one.
import { Client, fetchExchange, gql, subscriptionExchange, type Exchange } from '@urql/core'
import { map, pipe, subscribe } from 'wonka'
import { afterAll, describe, expect, it } from 'vitest'
import type { SessionOptions } from '@latchkey/client'
import { sessionExchange } from '@latchkey/client/urql'
import { MeDocument } from '@latchkey/client/operations'
import { unauthenticatedResponse } from '../support/processes/stub-service.js'
import { startApp } from '../support/app/app.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'
import { createGate, createSessionNetwork } from '../support/clients/session-network.js'

const app = await startApp()
afterAll(app.close)

async function start(options: Partial<SessionOptions> = {}) {
  const fixture = createSessionFixture(app, options)
  const person = await fixture.register()
  const seenOperations: { headers: Headers; tag: unknown }[] = []
  const recordingExchange: Exchange =
    ({ forward }) =>
    (operations) =>
      forward(
        pipe(
          operations,
          map((operation) => {
            const { fetchOptions, tag } = operation.context as {
              fetchOptions?: RequestInit
              tag?: unknown
            }
            if (operation.kind !== 'teardown') {
              seenOperations.push({ headers: new Headers(fetchOptions?.headers), tag })
            }
            return operation
          }),
        ),
      )
  const client = new Client({
    url: fixture.url,
    fetch: fixture.network.fetch,
    exchanges: [sessionExchange(fixture.session), recordingExchange, fetchExchange],
  })
  return { ...fixture, person, client, seen: seenOperations }
}

describe('the exchange of a session', () => {
  it('sends queries by GET, also the second time', async () => {
    const { client, network, person } = await start({ now: () => 0 })
    app.clock.advance('11m')
    const { data } = await client.query(MeDocument, {}).toPromise()
    expect(data?.me?.id).toBe(person.id)
    const sent = network.sent.map(({ method, operation }) => `${method} ${operation}`)
    expect(sent).toEqual(['GET Me', 'POST RefreshSession', 'GET Me'])
  })

  it.each([
    ['an object', { headers: { 'X-Trace': 'a-trace' } }],
    ['a function', () => ({ headers: { 'X-Trace': 'a-trace' } })],
  ])(
    'leaves an operation its own headers (%s) and context, also when it is sent again',
    async (_, fetchOptions) => {
      const { client, seen } = await start({ now: () => 0 })
      app.clock.advance('11m')
      const context = { fetchOptions, tag: 'a tag' }
      const { error } = await client.query(MeDocument, {}, context).toPromise()
      expect(error).toBeUndefined()
      expect(seen.map(({ headers, tag }) => [headers.get('x-trace'), tag])).toEqual([
        ['a-trace', 'a tag'],
        ['a-trace', 'a tag'],
      ])
    },
  )

  it('sends nothing for who has stopped waiting for a token', async () => {
    const sessionNetwork = createSessionNetwork()
    const gate = createGate()
    const { client, session, network } = await start({ fetch: sessionNetwork.fetch })
    app.clock.advance('11m')
    sessionNetwork.fates.refresh = gate.handler
    const waiting = pipe(
      client.query(MeDocument, {}),
      subscribe(() => undefined),
    )
    await gate.arrived
    waiting.unsubscribe()
    gate.open()
    await session.accessToken()
    expect((await client.query(MeDocument, {}).toPromise()).error).toBeUndefined()
    expect(network.countSent('Me')).toBe(1)
  })

  it('sends nothing again for who has stopped waiting for another token', async () => {
    const sessionNetwork = createSessionNetwork()
    const gate = createGate()
    const { client, session, network } = await start({ fetch: sessionNetwork.fetch, now: () => 0 })
    const stale = await session.accessToken()
    app.clock.advance('11m')
    sessionNetwork.fates.refresh = gate.handler
    const waiting = pipe(
      client.query(MeDocument, {}),
      subscribe(() => undefined),
    )
    await gate.arrived
    waiting.unsubscribe()
    gate.open()
    await session.recover(stale)
    expect((await client.query(MeDocument, {}).toPromise()).error).toBeUndefined()
    expect(network.countSent('Me')).toBe(2)
  })

  it('lets a subscription pass: what comes of it is what comes without', async () => {
    const { session, network, register } = createSessionFixture(app)
    await register()
    const { errors } = unauthenticatedResponse('TOKEN_INVALID').body as { errors: never[] }
    const results = [{ data: { tick: 1 } }, { data: null, errors }, { data: { tick: 2 } }]
    let subscriptionCount = 0
    const socket = subscriptionExchange({
      forwardSubscription: () => ({
        subscribe(sink) {
          subscriptionCount += 1
          for (const result of results) sink.next(result)
          sink.complete()
          return { unsubscribe: () => undefined }
        },
      }),
    })
    const resultsOf = (exchanges: Exchange[]) =>
      new Promise((resolve) => {
        const received: unknown[] = []
        pipe(
          new Client({ url: app.url, exchanges }).subscription(gql('subscription { tick }'), {}),
          subscribe(({ data, error, hasNext }) => {
            received.push([data as unknown, error?.message])
            if (!hasNext) resolve(received)
          }),
        )
      })
    const received = await resultsOf([sessionExchange(session), socket])
    expect(JSON.stringify(received)).toContain('access token')
    expect(received).toEqual(await resultsOf([socket]))
    expect([subscriptionCount, network.sent]).toEqual([2, []])
  })
})
