import { createHash } from 'node:crypto'
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { afterAll, describe, expect, it } from 'vitest'
import { AuthSettingsDocument } from '../../src/generated/operations.js'
import { startApp, type TestApp } from '../support/app.js'
import { newEmail, post, read } from '../support/client.js'
import { watch } from '../support/watch.js'

const app = await startApp()
const other = await startApp()
afterAll(() => Promise.all([app.close(), other.close()]))

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const extensions = (sha256Hash: unknown, version: unknown = 1) => ({
  persistedQuery: { version, sha256Hash },
})

interface Asked {
  readonly query?: string
  readonly extensions: object
}

const send = {
  POST: (asked: Asked, { url }: TestApp = app) => post({ url }, JSON.stringify(asked)),
  async GET(asked: Asked, { url }: TestApp = app) {
    const search = new URLSearchParams({ extensions: JSON.stringify(asked.extensions) })
    if (asked.query !== undefined) search.set('query', asked.query)
    return read(await fetch(`${url}/graphql?${search.toString()}`))
  },
}
const register = (query: string) => send.POST({ query, extensions: extensions(sha256(query)) })
const ask = (query: string) => send.POST({ extensions: extensions(sha256(query)) })

const miss = { status: 200, errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] }
const refused = { status: 400, errors: [{ extensions: { code: 'BAD_REQUEST' } }] }
const hit = { status: 200, errors: [], data: { __typename: 'Query' } }

describe.each(['POST', 'GET'] as const)('by %s', (method) => {
  it('a document is registered with its hash, and runs by the hash alone', async () => {
    const query = `query By${method} { __typename }`
    const asked = { extensions: extensions(sha256(query)) }
    expect(await send[method](asked)).toMatchObject(miss)
    expect(await send[method]({ query, ...asked })).toMatchObject(hit)
    expect(await send.GET(asked)).toMatchObject(hit)
    expect(await send.POST(asked)).toMatchObject(hit)
    expect(await send[method](asked, other)).toMatchObject(miss) // what one app learnt is its own
  })

  it('a hash of something else is refused, and stores nothing', async () => {
    const query = `query Wrong${method} { __typename }`
    for (const hash of [sha256(`${query} `), sha256(query).toUpperCase(), '', 'x'.repeat(1_000)]) {
      expect(await send[method]({ query, extensions: extensions(hash) })).toMatchObject(refused)
    }
    expect(await ask(query)).toMatchObject(miss)
  })

  it.each([0, 2, '1', null, {}])('version %j is refused', async (version) => {
    const query = '{ __typename }'
    const wrong = { extensions: extensions(sha256(query), version) }
    expect(await send[method]({ query, ...wrong })).toMatchObject(refused)
    expect(await send[method](wrong)).toMatchObject(refused)
  })

  it.each([1, null, true, {}, [], undefined, ''])('%j is no hash', async (hash) => {
    const wrong = { extensions: extensions(hash) }
    expect(await send[method]({ query: '{ __typename }', ...wrong })).toMatchObject(refused)
    expect(await send[method](wrong)).toMatchObject(miss) // as Apollo Server does: the client sends the document
  })
})

describe('what is refused is never stored', () => {
  it.each([
    ['unparsable', '{ __typename'],
    ['invalid', '{ nothing }'],
    ['beyond a limit', `{ ${'__typename '.repeat(21)} }`],
    ['beyond the cost', '{ me { sessions(first: 10000) { nodes { id } } } }'],
    ['too long to be kept', `{ __typename } # ${'x'.repeat(20_000)}`],
  ])('a document that is %s', async (_, query) => {
    await register(query)
    expect(await ask(query)).toMatchObject(miss)
  })
})

it('a mutation runs by its hash, but never by GET', async () => {
  const input = `{ email: "${newEmail()}", password: "correct horse battery" }`
  const query = `mutation { register(input: ${input}) { __typename } }`
  const asked = { extensions: extensions(sha256(query)) }
  const first = await watch(app, () => send.GET({ query, ...asked }))
  expect(first).toMatchObject({ result: { status: 405 }, touched: [] })
  expect(await ask(query)).toMatchObject(miss)
  expect((await register(query)).data).toEqual({ register: { __typename: 'AuthPayload' } })
  const again = await watch(app, () => send.GET(asked))
  expect(again).toMatchObject({ result: { status: 405 }, touched: [] })
  expect((await ask(query)).data).toEqual({ register: { __typename: 'AuthError' } })
})

const long = 'x'.repeat(19_000)

// Whoever registers without end must not fill the memory (CWE-770).
it.each([
  ['1,000 documents', 1_020, (i: number) => `query Q${i} { __typename }`],
  ['2,000,000 characters', 110, (i: number) => `query R${i} { __typename } #${long}`],
])('at most %s are kept, the latest', async (_, many, document) => {
  const documents = Array.from({ length: many }, (__, i) => document(i))
  for (let i = 0; i < many; i += 20) {
    const answers = await Promise.all(documents.slice(i, i + 20).map(register))
    expect(answers.filter(({ data }) => data)).toHaveLength(answers.length)
  }
  expect(await ask(document(0))).toMatchObject(miss)
  expect(await ask(document(many - 1))).toMatchObject(hit)
  expect(await ask(document(many - 50))).toMatchObject(hit)
})

it('Apollo Client’s link for persisted queries registers once, and sends hashes from then on', async () => {
  const sent: string[] = []
  const client = new ApolloClient({
    link: ApolloLink.from([
      new PersistedQueryLink({ sha256 }),
      new HttpLink({
        uri: `${app.url}/graphql`,
        fetch: (uri, options) => {
          const { query } = JSON.parse(options?.body as string) as { query?: string }
          sent.push(query === undefined ? 'hash' : 'document')
          return fetch(uri, options)
        },
      }),
    ]),
    cache: new InMemoryCache(),
  })
  for (let i = 0; i < 3; i += 1) {
    const query = AuthSettingsDocument
    const { data } = await client.query({ query, fetchPolicy: 'network-only' })
    expect(data?.authSettings?.registrationOpen).toBe(true)
  }
  expect(sent).toEqual(['hash', 'document', 'hash', 'hash'])
})

it('none of it is an error of the server', () => {
  const levels = [app, other].flatMap(({ logLines }) =>
    logLines.map((line) => (JSON.parse(line) as { level: string }).level),
  )
  expect(levels).toContain('info')
  expect(levels.filter((level) => level === 'error' || level === 'fatal')).toEqual([])
})
