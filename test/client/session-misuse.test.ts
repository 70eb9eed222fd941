// Misuse by applications and services does not harm the session.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { parse } from 'graphql'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { createSessionFetch } from '@latchkey/client'
import {
  startStubService,
  unauthenticatedResponse,
  type StubResponse,
} from '../support/processes/stub-service.js'
import { startApp } from '../support/app/app.js'
import { getRefusalReason } from '../support/app/client.js'
import { clients } from '../support/clients/graphql-request-application.js'
import { bindings, createSessionFixture } from '../support/clients/session-fixture.js'
import { createMemoryStorage } from '../support/clients/token-storage.js'

const app = await startApp()
afterAll(app.close)

async function startStub(stubResponse: StubResponse) {
  const service = await startStubService(() => stubResponse)
  onTestFinished(service.close)
  return service
}

describe('a listener that throws', () => {
  it('prevents neither the storage of a sign-in nor the notification of a sign-out', async () => {
    const thrown: unknown[] = []
    const catchError = (error: unknown) => void thrown.push(error)
    process.on('uncaughtException', catchError)
    onTestFinished(() => void process.off('uncaughtException', catchError))
    const storage = createMemoryStorage()
    const { session, register } = createSessionFixture(app, { storage })
    session.subscribe(() => {
      throw new Error('the listener’s own')
    })
    const { accessToken } = await register()
    expect(storage.items.size).toBe(1)
    expect(await session.signOut()).toBe(true)
    expect(storage.items.size).toBe(0)
    expect(await getRefusalReason(app, accessToken)).toBe('SESSION_ENDED')
    expect(thrown.map(String)).toEqual(Array(2).fill('Error: the listener’s own'))
  })
})

const Open = parse('query Open { open }') as TypedDocumentNode<object, object>

// graphql-request itself treats such responses as failures.
describe.each(Object.entries(bindings))('%s', (_, create) => {
  it.each<[string, object]>([
    ['errors that are null', { data: { open: 1 }, errors: null }],
    [
      'extensions that are null',
      { data: { open: 1 }, errors: [{ message: 'no', extensions: null }] },
    ],
  ])('receives a response with %s', async (_name, body) => {
    const service = await startStub({ body })
    const { session, register } = createSessionFixture(app)
    await register()
    const { data } = await create(session, service.url, fetch).query(Open, {})
    expect(data).toEqual({ open: 1 })
    expect(service.asked).toHaveLength(1)
  })
})

describe.each(Object.entries(clients))('%s', (_, create) => {
  it('does not refresh for each operation when the clock of the service is fast', async () => {
    const service = await startStub(unauthenticatedResponse('TOKEN_EXPIRED'))
    const { session, register, network, events } = createSessionFixture(app)
    await register()
    const client = create(session, service.url, fetch)
    for (let i = 0; i < 10; i += 1) await client.query(Open, {})
    expect(network.countSent('RefreshSession')).toBe(1)
    expect(events).toEqual(['signed-in'])
  })
})

describe('the fetch of a session', () => {
  it('passes responses that are not GraphQL through unchanged', async () => {
    const service = await startStub({ status: 422, body: { errors: { email: ['is taken'] } } })
    const { session, register } = createSessionFixture(app)
    await register()
    const response = await createSessionFetch(session, { origins: [service.url] })(service.url)
    expect(await response.json()).toEqual({ errors: { email: ['is taken'] } })
  })

  it('accepts a Request with its headers and body, and can send it twice', async () => {
    const { session, register, url } = createSessionFixture(app, { now: () => 0 })
    const { id } = await register()
    app.clock.advance('11m')
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ query: '{ me { id } }' })
    const request = new Request(url, { method: 'POST', headers, body })
    const response = await createSessionFetch(session)(request)
    expect(await response.json()).toEqual({ data: { me: { id } } })
  })
})

describe('a session', () => {
  it('for another address in the same storage is a separate session', async () => {
    const storage = createMemoryStorage()
    const here = createSessionFixture(app, { storage })
    await here.register()
    const there = createSessionFixture(app, { storage, url: 'https://auth.example.com/graphql' })
    expect(await there.session.ready()).toEqual({ status: 'signed-out', reason: null })
    expect(storage.items.size).toBe(1)
  })

  it('reports at once that its refresh token went into a cookie instead', async () => {
    const { session, events } = createSessionFixture(app)
    const payload = { accessToken: 'a.b.c', expiresIn: 600, refreshToken: null }
    await expect(session.signIn(payload)).rejects.toThrow('COOKIE')
    expect(events).toEqual([])
  })
})
