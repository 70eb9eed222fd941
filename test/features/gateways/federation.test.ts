import {
  ApolloGateway,
  IntrospectAndCompose,
  LocalGraphQLDataSource,
  RemoteGraphQLDataSource,
} from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { afterAll, describe, expect, it, test } from 'vitest'
import { createSchema } from '../../../src/compose/schema.js'
import { formatSchema } from '../../../scripts/format-schema.js'
import { startApp } from '../../support/app/app.js'
import { call, registerPerson, type Person } from '../../support/app/client.js'
import { queryUsersAs } from '../../support/gateways/gateway-queries.js'
import { postsSubgraph } from './posts.js'
import { withoutDirectives } from './sdl.js'

const app = await startApp({ env: { FEDERATION: 'on' } })
const production = await startApp({
  env: { FEDERATION: 'on', NODE_ENV: 'production', PUBLIC_URL: 'https://auth.example.com' },
})
afterAll(() => Promise.all([app.close(), production.close()]))
const ada = await registerPerson(app)
const bob = await registerPerson(app)

interface Service {
  _service: { sdl: string }
}
const sdlOf = async (server: typeof app) =>
  (await call<Service, object>(server, '{ _service { sdl } }', {})).data?._service.sdl ?? ''
const sdl = await sdlOf(app)

describe('_service', () => {
  it('returns schema.graphql with its descriptions and without gateway fields', async () => {
    expect(withoutDirectives(sdl)).toBe(await formatSchema())
    expect(sdl).not.toMatch(/^\s*(type|union|scalar)? ?_\w+/m)
  })

  it('has the directives of Federation 2 on the definitions themselves', () => {
    const used = sdl.split('\n').filter((line) => /@(?!specifiedBy)\w+/.test(line))
    expect(used).toEqual([
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])',
      'type Deleted @shareable {',
      'type PageInfo @shareable {',
      'type User @key(fields: "id") {',
    ])
  })

  it('gives the same answer in production, without introspection', async () => {
    expect(await sdlOf(production)).toBe(sdl)
    const { errors } = await call(production, '{ __schema { queryType { name } } }', {})
    expect(errors).toHaveLength(1)
  })

  it('contains no stitching directives, even if both gateways are on', async () => {
    const appWithBoth = await startApp({ env: { FEDERATION: 'on', STITCHING: 'on' } })
    const sdlOfBoth = await sdlOf(appWithBoth)
    await appWithBoth.close()
    expect(sdlOfBoth).toBe(sdl)
  })
})

test('the fields are those of the subgraph specification', async () => {
  const schema = await createSchema([], {}, { federation: true, stitching: false })
  const { _service, _entities } = schema.getQueryType()?.getFields() ?? {}
  expect(String(_service?.type)).toBe('_Service!')
  expect(String(_entities?.type)).toBe('[_Entity]!')
  expect(_entities?.args.map(({ name, type }) => `${name}: ${String(type)}`)).toEqual([
    'representations: [_Any!]!',
  ])
})

describe('_entities', () => {
  const unknown = '01900000-0000-7000-8000-000000000000'

  it('answers in the order of the representations, with null for unknown entities', async () => {
    const ids = [bob.id, unknown, ada.id, 'no id', bob.id.toUpperCase(), 7, null, [bob.id], bob.id]
    const { data, errors } = await queryUsersAs.federation(app, ids, '__typename id')
    const found = ({ id }: Person) => ({ __typename: 'User', id })
    expect(errors).toEqual([])
    expect(data?.found).toEqual([
      found(bob),
      null,
      found(ada),
      ...[null, null, null, null, null],
      found(bob),
    ])
  })

  it('answers an empty list with an empty list', async () => {
    expect((await queryUsersAs.federation(app, [], 'id')).data).toEqual({ found: [] })
  })

  it.each<[string, unknown]>([
    ['another type', { __typename: 'Session', id: ada.id }],
    ['no type', { id: ada.id }],
    ['no object', 'User'],
    ['a list', [{ __typename: 'User', id: ada.id }]],
  ])('refuses %s with BAD_USER_INPUT for that field', async (_, representation) => {
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }'
    const { status, errors } = await call(app, query, { r: [representation] })
    expect(status).toBe(200)
    expect(errors).toMatchObject([{ path: ['_entities'], extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it('accepts representations inside the document', async () => {
    const query = `query ($id: ID!) { _entities(representations: [{ __typename: "User", id: $id }]) { ... on User { id } } }`
    const { data } = await call(app, query, { id: ada.id })
    expect(data).toEqual({ _entities: [{ id: ada.id }] })
  })
})

const stubs = {
  'refers to users': 'type User @key(fields: "id", resolvable: false) { id: ID! }',
  'adds to users': 'type User @key(fields: "id") { id: ID! postCount: Int! }',
}

describe.each(Object.entries(stubs))('an Apollo gateway with a subgraph that %s', (name, user) => {
  const authors = [ada.id, bob.id, ada.id]
  const posts = new LocalGraphQLDataSource(postsSubgraph(() => authors, user))
  const server = gatewayOver(posts)
  afterAll(() => server.stop())

  async function ask(query: string) {
    const contextValue = { token: ada.accessToken }
    const { body } = await server.executeOperation({ query }, { contextValue })
    return body.kind === 'single' ? body.singleResult : null
  }

  it('composes and finds the authors of posts, with the fields that the client may see', async () => {
    const own = { id: ada.id, email: ada.email }
    const other = { id: bob.id, email: null }
    const answer = await ask('{ posts { title author { id email } } me { id } }')
    expect(answer).toMatchObject({
      data: {
        posts: [own, other, own].map((author, i) => ({ title: `Post ${i}`, author })),
        me: { id: ada.id },
      },
    })
  })

  it('adds only the fields of the other subgraph to a user', async () => {
    const answer = await ask('{ me { id postCount } }')
    if (name === 'adds to users') {
      expect(answer).toMatchObject({ data: { me: { id: ada.id, postCount: 2 } } })
    } else {
      expect(answer?.errors?.[0]?.message).toContain('Cannot query field "postCount"')
    }
  })
})

/** Apollo Server as a gateway that forwards the caller's token, in front of Latchkey and another service. */
function gatewayOver(posts: LocalGraphQLDataSource) {
  const subgraphs = [
    { name: 'auth', url: `${app.url}/graphql` },
    { name: 'posts', url: 'http://posts.invalid' },
  ]
  const ignore = () => undefined
  const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
  const gateway = new ApolloGateway({
    logger,
    supergraphSdl: new IntrospectAndCompose({ subgraphs, logger }),
    buildService: ({ name, url = '' }) =>
      name === 'posts'
        ? posts
        : new RemoteGraphQLDataSource<{ token?: string }>({
            url,
            willSendRequest({ request, context: { token } }) {
              if (token) request.http?.headers.set('authorization', `Bearer ${token}`)
            },
          }),
  })
  return new ApolloServer<{ token?: string }>({ gateway, logger, stopOnTerminationSignals: false })
}
