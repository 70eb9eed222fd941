// Two services of other teams, each protected in a few lines, as in the README.
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { fastify } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVerifier, requireCaller, type Verification, type Verifier } from '@latchkey/verify'
import { callerOf, requireBearer, verifyRequests } from '@latchkey/verify/fastify'
import { startApp, type TestApp } from '../support/app/app.js'
import { post, registerPerson, type Person } from '../support/app/client.js'

let app: TestApp
let person: Person
let verifier: Verifier
beforeAll(async () => {
  app = await startApp()
  person = await registerPerson(app)
  const jwksUrl = `${app.url}/.well-known/jwks.json`
  verifier = createVerifier({ issuer: 'http://localhost:4000', jwksUrl, clock: app.clock })
})
afterAll(() => app.close())

describe('a GraphQL service on Apollo Server', () => {
  it('identifies the caller, and refuses as Latchkey itself does', async () => {
    const server = new ApolloServer<{ verification: Verification }>({
      typeDefs: 'type Query { mine: String, anybody: String }',
      resolvers: {
        Query: {
          mine: (_: unknown, __: unknown, { verification }: { verification: Verification }) =>
            requireCaller(verification).userId,
          anybody: () => 'hello',
        },
      },
    })
    const { url } = await startStandaloneServer(server, {
      listen: { port: 0, host: '127.0.0.1' },
      context: async ({ req }) => ({
        verification: await verifier.verify(req.headers.authorization),
      }),
    })
    const ask = (authorization = '') =>
      post<{ mine: string | null; anybody: string }>(
        { url: url.replace(/\/$/, '') },
        JSON.stringify({ query: '{ mine anybody }' }),
        authorization ? { authorization } : {},
      )
    const signedIn = await ask(`Bearer ${person.accessToken}`)
    expect(signedIn.data).toEqual({ mine: person.id, anybody: 'hello' })
    const anonymous = await ask()
    expect(anonymous.data).toEqual({ mine: null, anybody: 'hello' })
    const code = { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' }
    expect(anonymous.errors).toMatchObject([{ path: ['mine'], extensions: code }])
    const forged = await ask(`Bearer ${person.accessToken}x`)
    expect(forged.errors[0]?.extensions).toMatchObject({ reason: 'TOKEN_INVALID' })
    await server.stop()
  })
})

describe('a REST service on Fastify', () => {
  const server = fastify()
  beforeAll(async () => {
    await server.register(verifyRequests(verifier))
    server.get('/mine', { onRequest: requireBearer }, (request) => callerOf(request).userId)
    server.get('/anybody', (request) => request.verification?.kind)
  })
  afterAll(() => server.close())

  const get = (url: string, authorization?: string) =>
    server.inject({ url, headers: authorization === undefined ? {} : { authorization } })

  it('identifies the caller', async () => {
    expect((await get('/mine', `Bearer ${person.accessToken}`)).body).toBe(person.id)
    expect((await get('/anybody', `Bearer ${person.accessToken}`)).body).toBe('valid')
    expect((await get('/anybody')).body).toBe('missing')
  })

  it('refuses as RFC 6750 requires', async () => {
    const missing = await get('/mine')
    expect([missing.statusCode, missing.headers['www-authenticate']]).toEqual([401, 'Bearer'])
    const invalid = await get('/mine', 'Bearer x.y.z')
    expect(invalid.statusCode).toBe(401)
    expect(invalid.headers['www-authenticate']).toBe('Bearer error="invalid_token"')
  })

  it('answers 503 while the keys are unavailable', async () => {
    const offlineServer = fastify()
    await offlineServer.register(
      verifyRequests(createVerifier({ issuer: 'http://127.0.0.1:1', clock: app.clock })),
    )
    offlineServer.get('/anybody', () => 'hello')
    const headers = { authorization: `Bearer ${person.accessToken}` }
    const { statusCode, headers: answered } = await offlineServer.inject({
      url: '/anybody',
      headers,
    })
    expect([statusCode, answered['retry-after']]).toEqual([503, '5'])
    await offlineServer.close()
  })
})
