// What Apollo Client has beyond queries and mutations goes through the link of a session as it does without one.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable } from '@apollo/client'
import { gql } from '@apollo/client/core'
import { lastValueFrom, toArray } from 'rxjs'
import { afterAll, describe, expect, it } from 'vitest'
import { createSessionLink } from '@latchkey/client/apollo'
import type { SessionOptions } from '@latchkey/client'
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
  const recordingLink = new ApolloLink((operation, forward) => {
    const { headers, tag } = operation.getContext() as { headers: HeadersInit; tag?: unknown }
    seenOperations.push({ headers: new Headers(headers), tag })
    return forward(operation)
  })
  const http = new HttpLink({ uri: fixture.url, fetch: fixture.network.fetch })
  const client = new ApolloClient({
    link: ApolloLink.from([createSessionLink(fixture.session), recordingLink, http]),
    cache: new InMemoryCache(),
  })
  return { ...fixture, person, client, seen: seenOperations }
}

describe('the link of a session', () => {
  it('leaves an operation its own headers and context, also when it is sent again', async () => {
    const { client, seen } = await start({ now: () => 0 })
    app.clock.advance('11m')
    const context = { headers: { 'x-trace': 'a-trace' }, tag: 'a tag' }
    await client.query({ query: MeDocument, context })
    expect(seen.map(({ headers, tag }) => [headers.get('x-trace'), tag])).toEqual([
      ['a-trace', 'a tag'],
      ['a-trace', 'a tag'],
    ])
    expect(context.headers).toEqual({ 'x-trace': 'a-trace' })
  })

  it('leaves errors to the error policy', async () => {
    const { client, session } = await start()
    await session.signOut()
    const query = { query: MeDocument, fetchPolicy: 'network-only' } as const
    await expect(client.query(query)).rejects.toThrow('access token')
    const ignoring = await client.query({ ...query, errorPolicy: 'ignore' })
    expect(ignoring).toEqual({ data: { me: null } })
    const all = await client.query({ ...query, errorPolicy: 'all' })
    expect(all.error?.message).toContain('access token')
  })

  it('gives a watched query what is in the cache and what comes, without an error between', async () => {
    const { client, person } = await start({ now: () => 0 })
    await client.query({ query: MeDocument })
    app.clock.advance('11m')
    const watched = client.watchQuery({ query: MeDocument, fetchPolicy: 'cache-and-network' })
    const results: unknown[] = []
    await new Promise<void>((resolve) => {
      watched.subscribe(({ data, error, loading }) => {
        results.push([data?.me?.id, loading, error])
        if (!loading) resolve()
      })
    })
    expect(results).toEqual([
      [person.id, true, undefined],
      [person.id, false, undefined],
    ])
  })

  it('sends nothing for who has stopped waiting for a token', async () => {
    const sessionNetwork = createSessionNetwork()
    const gate = createGate()
    const { client, session, seen } = await start({ fetch: sessionNetwork.fetch })
    app.clock.advance('11m')
    sessionNetwork.fates.refresh = gate.handler
    const subscription = client.watchQuery({ query: MeDocument }).subscribe(() => undefined)
    await gate.arrived
    subscription.unsubscribe()
    gate.open()
    await session.accessToken()
    expect(seen).toEqual([])
  })

  it('lets a subscription pass, with all that comes of it', async () => {
    const { session, network, register } = createSessionFixture(app)
    await register()
    const { errors } = unauthenticatedResponse('TOKEN_INVALID').body as { errors: never[] }
    const results = [{ data: { tick: 1 } }, { data: null, errors }, { data: { tick: 2 } }]
    let subscriptionCount = 0
    const socket = new ApolloLink(() => {
      subscriptionCount += 1
      return new Observable((observer) => {
        for (const result of results) observer.next(result)
        observer.complete()
      })
    })
    const client = new ApolloClient({
      link: createSessionLink(session).concat(socket),
      cache: new InMemoryCache(),
    })
    const query = gql('subscription Ticks { tick }')
    const resultStream = client.subscribe<{ tick: number }>({ query, errorPolicy: 'all' })
    const all = await lastValueFrom(resultStream.pipe(toArray()))
    expect(all.map(({ data, error }) => data?.tick ?? error?.message)).toEqual([
      1,
      expect.stringContaining('access token'),
      2,
    ])
    expect([subscriptionCount, network.sent]).toEqual([1, []])
  })
})
