import { createHash } from 'node:crypto'
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'
import { afterAll, describe, expect, it } from 'vitest'
import { AuthSettingsDocument } from '@latchkey/client/operations'
import { startApp, type TestApp } from '../support/app/app.js'
import { goodPassword, newEmail, post, parseResponse } from '../support/app/client.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startApp()
const other = await startApp()
afterAll(() => Promise.all([app.close(), other.close()]))

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const extensions = (sha256Hash: unknown, version: unknown = 1) => ({
  persistedQuery: { version, sha256Hash },
})

interface RequestBody {
  readonly query?: string
  readonly extensions: object
}

const send = {
  POST: (requestBody: RequestBody, { url }: TestApp = app) =>
    post({ url }, JSON.stringify(requestBody)),
  async GET(requestBody: RequestBody, { url }: TestApp = app) {
    const search = new URLSearchParams({ extensions: JSON.stringify(requestBody.extensions) })
    if (requestBody.query !== undefined) search.set('query', requestBody.query)
    return parseResponse(await fetch(`${url}/graphql?${search.toString()}`))
  },
}
const register = (query: string) => send.POST({ query, extensions: extensions(sha256(query)) })
const ask = (query: string) => send.POST({ extensions: extensions(sha256(query)) })

const miss = { status: 200, errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] }
const refused = { status: 400, errors: [{ extensions: { code: 'BAD_REQUEST' } }] }
const hit = { status: 200, errors: [], data: { __typename: 'Query' } }

describe.each(['POST', 'GET'] as const)('by %s', (method) => {
  it('a document is registered with its hash, and then runs by the hash alone', async () => {
    const query = `query By${method} { __typename }`
    const requestBody = { extensions: extensions(sha256(query)) }
    expect(await send[method](requestBody)).toMatchObject(miss)
    expect(await send[method]({ query, ...requestBody })).toMatchObject(hit)
    expect(await send.GET(requestBody)).toMatchObject(hit)
    expect(await send.POST(requestBody)).toMatchObject(hit)
    expect(await send[method](requestBody, other)).toMatchObject(miss) // registrations belong to one app
  })

  it('a hash of another document is refused, and stores nothing', async () => {
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

  it.each([1, null, true, {}, [], undefined, ''])('%j is not a hash', async (hash) => {
    const wrong = { extensions: extensions(hash) }
    expect(await send[method]({ query: '{ __typename }', ...wrong })).toMatchObject(refused)
    expect(await send[method](wrong)).toMatchObject(miss) // as in Apollo Server: the client then sends the document
  })
})

describe('a refused document is never stored', () => {
  it.each([
    ['unparsable', '{ __typename'],
    ['invalid', '{ nothing }'],
    ['beyond a limit', `{ ${'__typename '.repeat(21)} }`],
    ['beyond the cost', '{ me { sessions(first: 10000) { nodes { id } } } }'],
    ['too long to be stored', `{ __typename } # ${'x'.repeat(20_000)}`],
  ])('a document that is %s', async (_, query) => {
    await register(query)
    expect(await ask(query)).toMatchObject(miss)
  })
})

it('a mutation runs by its hash, but never by GET', async () => {
  const query = `mutation ($input: RegisterInput!) { register(input: $input) { __typename } }`
  const variables = { input: { email: newEmail(), password: goodPassword } }
  const requestBody = { extensions: extensions(sha256(query)) }
  const run = (more: object) => post(app, JSON.stringify({ ...requestBody, variables, ...more }))
  const first = await trackChanges(app, () => send.GET({ query, ...requestBody }))
  expect(first).toMatchObject({ result: { status: 405 }, touched: [] })
  expect(await ask(query)).toMatchObject(miss)
  expect((await run({ query })).data).toEqual({ register: { __typename: 'AuthPayload' } })
  const again = await trackChanges(app, () => send.GET(requestBody))
  expect(again).toMatchObject({ result: { status: 405 }, touched: [] })
  expect((await run({})).data).toEqual({ register: { __typename: 'AuthError' } })
})

// Requests by hash have no rate limit. They must not reveal text that a user wrote into a document (OWASP API4:2023).
describe('a document with text in it is not stored, so hashes cannot be used to guess passwords', () => {
  const email = newEmail()
  const input = (password: string) => `{ email: "${email}", password: ${password} }`
  const login = (value: string, head = '') =>
    `mutation ${head} { login(input: ${value}) { __typename } }`
  const withText: Record<string, string> = {
    'in an argument': login(input('"open sesame door"')),
    'in a block string': login(input('"""open sesame door"""')),
    'in one field next to variables': login(
      `{ email: $email, password: "open sesame door" }`,
      '($email: EmailAddress!)',
    ),
    'as the default of a variable': login(
      `{ email: "${email}", password: $password }`,
      '($password: String! = "open sesame door")',
    ),
    'as an object that is the default of a variable': login(
      '$input',
      `($input: LoginInput! = ${input('"open sesame door"')})`,
    ),
    'in a fragment': `mutation { ...F } fragment F on Mutation { login(input: ${input('"open sesame"')}) { __typename } }`,
    'in an operation that is not chosen': `query A { __typename } mutation B { login(input: ${input('"open sesame"')}) { __typename } }`,
    'that is a token': `mutation { logout(input: { refreshToken: "a" }) { __typename } }`,
    'in a query': '{ me { sessions(first: 1, after: "abc") { totalCount } } }',
    'that is empty': '{ me { sessions(first: 1, after: "") { totalCount } } }',
  }

  it.each(Object.entries(withText))('%s', async (_, query) => {
    const operationName = query.includes('query A') ? { operationName: 'A' } : {}
    const more = { variables: { email }, ...operationName }
    const requestBody = { query, extensions: extensions(sha256(query)), ...more }
    const { status, data } = await post(app, JSON.stringify(requestBody))
    expect(status).toBe(200) // it runs
    expect(data).toBeTruthy()
    for (const method of ['POST', 'GET'] as const) {
      expect(await send[method]({ extensions: requestBody.extensions })).toMatchObject(miss)
    }
  })

  it.each([
    ['a comment', '# "quoted"\nquery Commented { __typename }'],
    [
      'numbers, enum values and booleans',
      '{ me { sessions(first: 5) { totalCount @include(if: true) } } }',
    ],
    ['variables', 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }'],
  ])('while %s contain no secret', async (_, query) => {
    const variables = query.includes('$input') ? { input: { email, password: 'x' } } : {}
    const requestBody = { extensions: extensions(sha256(query)), variables }
    await post(app, JSON.stringify({ query, ...requestBody }))
    const { errors } = await post(app, JSON.stringify(requestBody))
    expect(errors[0]?.extensions['code']).not.toBe('PERSISTED_QUERY_NOT_FOUND')
  })
})

const long = 'x'.repeat(19_000)

// Unlimited registrations must not fill the memory (CWE-770).
it.each([
  ['1,000 documents', 1_020, (i: number) => `query Q${i} { __typename }`],
  ['2,000,000 characters', 110, (i: number) => `query R${i} { __typename } #${long}`],
])('at most the latest %s are stored', async (_, many, document) => {
  const documents = Array.from({ length: many }, (__, i) => document(i))
  for (let i = 0; i < many; i += 20) {
    const answers = await Promise.all(documents.slice(i, i + 20).map(register))
    expect(answers.filter(({ data }) => data)).toHaveLength(answers.length)
  }
  expect(await ask(document(0))).toMatchObject(miss)
  expect(await ask(document(many - 1))).toMatchObject(hit)
  expect(await ask(document(many - 50))).toMatchObject(hit)
})

it('Apollo Client’s link for persisted queries registers once, and then sends hashes', async () => {
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

it('none of this is logged as a server error', () => {
  const levels = [app, other].flatMap(({ logLines }) =>
    logLines.map((line) => (JSON.parse(line) as { level: string }).level),
  )
  expect(levels).toContain('info')
  expect(levels.filter((level) => level === 'error' || level === 'fatal')).toEqual([])
})
