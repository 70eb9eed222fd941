// A document that comes again is compiled to a function. Whoever asks cannot tell: status, headers and every byte of the
// answer are those of the ordinary executor, errors included.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../support/app.js'
import { registerPerson, type Person } from '../support/client.js'
import { compiledBy } from '../support/compiled.js'

let app: TestApp
let person: Person
beforeAll(async () => {
  app = await startApp({ env: { GRAPHQL_COMPILE_AFTER: '1', FEDERATION: 'on' } })
  person = await registerPerson(app)
})
afterAll(() => app.close())

interface Asked {
  readonly query: string
  readonly variables?: Record<string, unknown>
  readonly operationName?: string
}

async function answerTo(asked: Asked, token: string | null) {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(asked),
  })
  const { status, headers } = response
  const text = (await response.text()).replaceAll(/"requestId":"[^"]*"/g, '')
  const changing = ['date', 'x-request-id', 'ratelimit-remaining', 'ratelimit-reset', 'keep-alive']
  return { status, text, headers: [...headers].filter(([name]) => !changing.includes(name)) }
}

const session = '01900000-0000-7000-8000-000000000000'
const login = 'mutation L($input: LoginInput!) { login(input: $input) { ...Result } }'
const result =
  'fragment Result on LoginResult { __typename ... on AuthError { code problems { path } } }'
const wrong = { email: 'nobody@example.com', password: 'wrong horse battery' }

const documents: Record<string, Asked> = {
  'a query': { query: '{ me { id email emailVerified name bio createdAt lastLoginAt } }' },
  aliases: { query: '{ a: me { x: id y: id } b: me { id } authSettings { passwordMinLength } }' },
  'names of JavaScript as aliases': {
    query:
      '{ constructor: authSettings { toString: registrationOpen hasOwnProperty: __typename } }',
  },
  'the name of the prototype as an alias': {
    query: '{ __proto__: authSettings { __proto__: registrationOpen } }',
  },
  'fragments within fragments, twice the same field': {
    query:
      '{ me { ...A ...B id } } fragment A on User { id ...B } fragment B on User { name sessions { totalCount } }',
  },
  'a list of objects': {
    query:
      '{ me { sessions(first: 2) { nodes { id current client } edges { cursor } pageInfo { hasNextPage } } } }',
  },
  '@include and @skip': {
    query:
      'query Q($yes: Boolean!, $no: Boolean = false) { me { id @include(if: $yes) name @include(if: $no) email @skip(if: $yes) } }',
    variables: { yes: true },
  },
  'a variable with a default': {
    query: 'query Q($n: Int = 1) { me { sessions(first: $n) { nodes { id } } } }',
  },
  'a default that null replaces': {
    query: 'query Q($n: Int = 1) { me { sessions(first: $n) { nodes { id } } } }',
    variables: { n: null },
  },
  'a number that is none': {
    query: 'query Q($n: Int!) { me { sessions(first: $n) { nodes { id } } } }',
    variables: { n: 'ten' },
  },
  'a variable that is not given': {
    query: 'query Q($n: Int!) { me { sessions(first: $n) { nodes { id } } } }',
  },
  'an argument that the field refuses': {
    query: '{ me { id sessions(first: 101) { totalCount } } authSettings { registrationOpen } }',
  },
  'a cursor that is none, and looks like code': {
    query:
      '{ me { sessions(after: "`${process.exit()}`\\"+process.exit()+\\"\\n") { totalCount } } }',
  },
  'several operations': {
    query: 'query A { authSettings { registrationOpen } } query B { me { id } }',
    operationName: 'B',
  },
  'an operation that is not there': { query: 'query A { __typename }', operationName: 'B' },
  'no name for several operations': { query: 'query A { __typename } query B { __typename }' },
  'the schema': { query: '{ __schema { queryType { name } } __type(name: "User") { name kind } }' },
  'a mutation with an input object and its defaults': {
    query: `${login} ${result}`,
    variables: { input: wrong },
  },
  'a mutation with literals': {
    query: `mutation { login(input: { email: "nobody@example.com", password: "wrong horse battery" }) { ...Result } } ${result}`,
  },
  'an input field that there is not': {
    query: `${login} ${result}`,
    variables: { input: { ...wrong, admin: true } },
  },
  'an enum value that there is not': {
    query: `${login} ${result}`,
    variables: { input: { ...wrong, refreshTokenTransport: 'PIGEON' } },
  },
  'aliases that look like the path to another field': {
    query: `mutation { y_User_x: login(input: { email: "nobody@example.com", password: "wrong horse battery" }) { __typename }
      x: updateProfile(input: {}) { ... on User { y: sessions(first: 1) { totalCount } } } }`,
  },
  'a variable within an object, null where null must not be': {
    query: `mutation ($t: RefreshTokenTransport) { login(input: { email: "nobody@example.com",
      password: "wrong horse battery", refreshTokenTransport: $t }) { __typename } }`,
    variables: { t: null },
  },
  'variables within lists and objects': {
    query: `query ($id: ID, $n: Int) { _entities(representations: [{ __typename: "User", id: $id, a: [1, 2.5, true, null, $n, X] }])
      { ... on User { id } } }`,
    variables: { id: '01900000-0000-7000-8000-000000000000', n: 1 },
  },
  'mutations one after the other': {
    query: `mutation { a: revokeSession(input: { sessionId: "${session}" }) { ... on AuthError { code } }
      b: updateProfile(input: { name: "Ana" }) { ... on User { name } }
      c: updateProfile(input: { name: null }) { ... on User { name } } }`,
  },
}

const compiled = new Set([
  'a query',
  'aliases',
  'names of JavaScript as aliases',
  'fragments within fragments, twice the same field',
  'a list of objects',
  'an argument that the field refuses',
])

describe.each([
  ['signed in', () => person.accessToken],
  ['without a token', () => null],
  ['with a token that is none', () => 'nonsense'],
])('%s', (caller, token) => {
  it.each(Object.entries(documents))('%s', async (name, asked) => {
    // A comment of one's own: the document is new to the server.
    const fresh = { ...asked, query: `${asked.query} # ${caller}` }
    const interpreted = await answerTo(fresh, token())
    const functions = await compiledBy(async () => {
      expect(await answerTo(fresh, token())).toEqual(interpreted)
    })
    expect(functions > 0).toBe(compiled.has(name))
    expect(await answerTo(fresh, token())).toEqual(interpreted)
  })
})

it('is compiled once, when it comes again', async () => {
  const asked = { query: '{ me { id } authSettings { passwordMaxLength } }' }
  const ask = () => answerTo(asked, person.accessToken)
  expect(await compiledBy(ask)).toBe(0)
  expect(await compiledBy(ask)).toBeGreaterThan(0)
  expect(await compiledBy(ask)).toBe(0)
})

it('is not compiled when it is long, or where a setting says never', async () => {
  const long = { query: `{ __typename } # ${'x'.repeat(4_000)}` }
  const never = await startApp({ env: { GRAPHQL_COMPILE_AFTER: 'never' } })
  const functions = await compiledBy(async () => {
    for (let i = 0; i < 3; i += 1) await answerTo(long, null)
    for (let i = 0; i < 3; i += 1) await registerPerson(never)
  })
  await never.close()
  expect(functions).toBe(0)
})
