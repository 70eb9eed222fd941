import { stitchSchemas } from '@graphql-tools/stitch'
import { stitchingDirectives } from '@graphql-tools/stitching-directives'
import { buildSchema, graphql, print } from 'graphql'
import { afterAll, describe, expect, it, test } from 'vitest'
import { formatSchema } from '../../../scripts/format-schema.js'
import { createSchema } from '../../../src/compose/schema.js'
import { startApp } from '../../support/app/app.js'
import { call, post, registerPerson, type Person } from '../../support/app/client.js'
import { queryUsersAs } from '../../support/gateways/gateway-queries.js'
import { postsSubschema } from './posts.js'
import { withoutDirectives } from './sdl.js'

const app = await startApp({ env: { STITCHING: 'on' } })
const production = await startApp({
  env: { STITCHING: 'on', NODE_ENV: 'production', PUBLIC_URL: 'https://auth.example.com' },
})
afterAll(() => Promise.all([app.close(), production.close()]))
const ada = await registerPerson(app)
const bob = await registerPerson(app)

const sdlOf = async (server: typeof app) =>
  (await call<{ _sdl: string }, object>(server, '{ _sdl }', {})).data?._sdl ?? ''
const sdl = await sdlOf(app)

describe('_sdl', () => {
  it('returns schema.graphql and the directives that merge users', async () => {
    expect(withoutDirectives(sdl)).toBe(await formatSchema())
    expect(sdl).toContain('type User @key(selectionSet: "{ id }") {')
    expect(sdl).toMatch(
      /^ {2}_users\([^)]*ids: \[ID!\]!\s*\): \[User\]! @merge\(keyField: "id"\)$/m,
    )
    expect(sdl.match(/\b_[a-zA-Z]\w*/g)).toEqual(['_users'])
  })

  it('gives the same answer in production, without introspection', async () => {
    expect(await sdlOf(production)).toBe(sdl)
  })

  it('contains no federation directives, even if both gateways are on', async () => {
    const appWithBoth = await startApp({ env: { FEDERATION: 'on', STITCHING: 'on' } })
    const sdlOfBoth = await sdlOf(appWithBoth)
    await appWithBoth.close()
    expect(sdlOfBoth).toBe(sdl)
  })
})

test('_users answers in the order of the ids, with null for unknown ids', async () => {
  const schema = await createSchema([], {}, { federation: false, stitching: true })
  expect(String(schema.getQueryType()?.getFields()['_users']?.type)).toBe('[User]!')
  const unknown = '01900000-0000-7000-8000-000000000000'
  const ids = [bob.id, unknown, ada.id, 'no id', ada.id.toUpperCase(), 7, bob.id]
  const { data, errors } = await queryUsersAs.stitching(app, ids, 'id')
  const found = ({ id }: Person) => ({ id })
  expect(errors).toEqual([])
  expect(data?.found).toEqual([found(bob), null, found(ada), null, null, null, found(bob)])
})

describe('a stitching gateway', () => {
  const authors = [ada.id, bob.id, ada.id]
  const posts = postsSubschema(() => authors)
  const { stitchingDirectivesTransformer } = stitchingDirectives()
  const sent: string[] = []
  const schema = stitchSchemas({
    subschemaConfigTransforms: [stitchingDirectivesTransformer],
    subschemas: [
      {
        schema: buildSchema(sdl),
        batch: true,
        executor: async ({ document, variables, context }) => {
          const query = print(document)
          sent.push(query)
          const { token } = context as { token: string }
          const body = JSON.stringify({ query, variables })
          const { text } = await post(app, body, { authorization: `Bearer ${token}` })
          return JSON.parse(text) as object
        },
      },
      {
        schema: posts.schema,
        batch: true,
        executor: ({ document, variables = {} }) => posts.execute(print(document), variables),
      },
    ],
  })
  const ask = (source: string) =>
    graphql({ schema, source, contextValue: { token: ada.accessToken } })

  it('finds the authors of posts with one request, with the fields that the client may see', async () => {
    sent.length = 0
    const own = { id: ada.id, email: ada.email }
    const other = { id: bob.id, email: null }
    expect(await ask('{ posts { title author { id email } } }')).toEqual({
      data: { posts: [own, other, own].map((author, i) => ({ title: `Post ${i}`, author })) },
    })
    expect(sent).toHaveLength(1)
  })

  it('queries the other subschema for a user', async () => {
    expect(await ask('{ me { id postCount } }')).toEqual({
      data: { me: { id: ada.id, postCount: 2 } },
    })
  })

  it('shows its clients no gateway fields except the one for merging', () => {
    const fields = Object.keys(schema.getQueryType()?.getFields() ?? {})
    expect(fields.filter((name) => name.startsWith('_')).sort()).toEqual(['_authors', '_users'])
  })
})
