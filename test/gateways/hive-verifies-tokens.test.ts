// A gateway verifies access tokens with the published keys and protects the fields of other services with their claims.
// It does not interfere with Latchkey's own fields.
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { afterAll, describe, expect, it } from 'vitest'
import { startGateway } from '../../examples/federated-gateway/gateway.js'
import { startApp } from '../support/app/app.js'
import * as client from '../support/app/client.js'

const issuer = 'http://localhost:4000'
const app = await startApp({ env: { FEDERATION: 'on' } })
const foreignApp = await startApp({ ownKeys: true })

const notes = new ApolloServer({
  schema: buildSubgraphSchema({
    typeDefs: parse(`
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@authenticated", "@requiresScopes"])
      type Query {
        mine: String @authenticated
        everybodys: String @requiresScopes(scopes: [["notes:read"]])
        open: String
      }`),
    resolvers: { Query: { mine: () => 'mine', everybodys: () => 'all', open: () => 'open' } },
  }),
})
const listen = { port: 0, host: '127.0.0.1' }
const { url } = await startStandaloneServer(notes, { listen })
const gateway = await startGateway({
  subgraphs: { auth: `${app.url}/graphql`, notes: url },
  issuer,
  jwksUrl: `${app.url}/.well-known/jwks.json`,
})
const gatewayServer = { url: new URL(gateway.url).origin }
afterAll(async () => {
  await gateway.close()
  await notes.stop()
  await Promise.all([app.close(), foreignApp.close()])
})

const person = await client.registerPerson(gatewayServer)
const foreignUser = await client.registerPerson(foreignApp)

async function ask(query: string, token: string | null) {
  const { data, errors } = await client.call<Record<string, unknown>, object>(
    gatewayServer,
    query,
    {},
    { token },
  )
  return { data, codes: errors.map(({ extensions }) => extensions['code']) }
}

describe('Hive Gateway with the keys of Latchkey', () => {
  it('gives a signed-in user access to @authenticated fields', async () => {
    expect(await ask('{ mine }', person.accessToken)).toEqual({ data: { mine: 'mine' }, codes: [] })
  })

  it.each([
    ['an anonymous client', () => null],
    ['a token signed with foreign keys', () => foreignUser.accessToken],
    ['a token with another signature', () => person.accessToken.slice(0, -8) + 'AAAAAAAA'],
  ])('gives %s access to public fields only', async (_, token) => {
    const { data, codes } = await ask('{ mine open }', token())
    expect(data).toEqual({ mine: null, open: 'open' })
    expect(codes).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE'])
  })

  it('finds no scope in a token, because Latchkey issues none', async () => {
    const { data, codes } = await ask('{ everybodys }', person.accessToken)
    expect(data?.['everybodys'] ?? null).toBeNull()
    expect(codes).toEqual(['UNAUTHORIZED_FIELD_OR_TYPE'])
  })

  it('lets Latchkey refuse a dead token, with the code on which clients refresh', async () => {
    const { data, codes } = await ask('{ me { id } }', foreignUser.accessToken)
    expect(data).toEqual({ me: null })
    expect(codes).toEqual(['UNAUTHENTICATED'])
    const options = { token: foreignUser.accessToken }
    const renewed = await client.refresh(gatewayServer, person.refreshToken, options)
    expect(renewed?.__typename).toBe('AuthPayload')
  })
})
