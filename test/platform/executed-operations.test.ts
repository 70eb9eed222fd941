// graphql-js runs every operation in a hook and bypasses Apollo Server's executor. A client sees no difference in
// status, headers or body. The log entries and errors are also those of Apollo Server's own executor.
import { ApolloServer, HeaderMap } from '@apollo/server'
import { buildSchema, GraphQLError } from 'graphql'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { RequestContext } from '../../src/platform/graphql/context.js'
import { executeOperations } from '../../src/platform/graphql/execute.js'
import { formatError } from '../../src/platform/graphql/format-error.js'
import {
  combinePlugins,
  type OperationListener,
} from '../../src/platform/graphql/combine-plugins.js'
import { startWithBothExecutors } from '../support/gateways/apollo-executor.js'
import type { TestApp } from '../support/app/app.js'
import { registerPerson, type Person } from '../support/app/client.js'

let app: TestApp
let withApolloExecutor: Awaited<ReturnType<typeof startWithBothExecutors>>['withApolloExecutor']
let person: Person
beforeAll(async () => {
  ;({ app, withApolloExecutor } = await startWithBothExecutors({ env: { FEDERATION: 'on' } }))
  person = await registerPerson(app)
})
afterAll(() => app.close())

interface GraphQLParams {
  readonly query: string
  readonly variables?: Record<string, unknown>
  readonly operationName?: string
}

async function answerTo(asked: GraphQLParams, token: string | null) {
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
  const volatile = ['date', 'x-request-id', 'ratelimit-remaining', 'ratelimit-reset', 'keep-alive']
  return { status, text, headers: [...headers].filter(([name]) => !volatile.includes(name)) }
}

const session = '01900000-0000-7000-8000-000000000000'
const login = 'mutation L($input: LoginInput!) { login(input: $input) { ...Result } }'
const result =
  'fragment Result on LoginResult { __typename ... on AuthError { code problems { path } } }'
const wrong = { email: 'nobody@example.com', password: 'wrong horse battery' }

const documents: Record<string, GraphQLParams> = {
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
  'a word for a number': {
    query: 'query Q($n: Int!) { me { sessions(first: $n) { nodes { id } } } }',
    variables: { n: 'ten' },
  },
  'a variable that is not given': {
    query: 'query Q($n: Int!) { me { sessions(first: $n) { nodes { id } } } }',
  },
  'an argument that the field refuses': {
    query: '{ me { id sessions(first: 101) { totalCount } } authSettings { registrationOpen } }',
  },
  'an invalid cursor that looks like code': {
    query:
      '{ me { sessions(after: "`${process.exit()}`\\"+process.exit()+\\"\\n") { totalCount } } }',
  },
  'several operations': {
    query: 'query A { authSettings { registrationOpen } } query B { me { id } }',
    operationName: 'B',
  },
  'a missing operation': { query: 'query A { __typename }', operationName: 'B' },
  'no name for several operations': { query: 'query A { __typename } query B { __typename }' },
  'the schema': { query: '{ __schema { queryType { name } } __type(name: "User") { name kind } }' },
  'a mutation with an input object and its defaults': {
    query: `${login} ${result}`,
    variables: { input: wrong },
  },
  'a mutation with literals': {
    query: `mutation { login(input: { email: "nobody@example.com", password: "wrong horse battery" }) { ...Result } } ${result}`,
  },
  'an unknown input field': {
    query: `${login} ${result}`,
    variables: { input: { ...wrong, admin: true } },
  },
  'an unknown enum value': {
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

/** The log entries of a request, without times and ids. */
async function loggedBy(work: () => Promise<unknown>) {
  app.logLines.length = 0
  await work()
  // The log entry of a request may be written after its response.
  await vi.waitFor(() => {
    expect(app.logLines.some((line) => line.includes('"msg":"request"'))).toBe(true)
  })
  const volatile = /"(?:time|requestId|ms)":[^,}]*,?/g
  return app.logLines.map((line) => line.replaceAll(volatile, ''))
}

describe.each([
  ['signed in', () => person.accessToken],
  ['without a token', () => null],
  ['with an invalid token', () => 'nonsense'],
])('%s', (_, token) => {
  it.each(Object.entries(documents))('%s', async (__, asked) => {
    let expected: unknown
    const lines = await loggedBy(async () => {
      expected = await withApolloExecutor(() => answerTo(asked, token()))
    })
    const logged = await loggedBy(async () => {
      expect(await answerTo(asked, token())).toEqual(expected)
    })
    expect(logged).toEqual(lines)
  })
})

/**
 * A server with a few failing fields, with or without the hook. Also collects the errors that its listeners receive.
 */
async function createFaultyServer(isHooked: boolean) {
  const schema = buildSchema(`
    type Query { ok: Int, list: [Query!], must: Int!, throws(how: String!): Int, takes(n: Int!, ns: [Int!], in: In): String }
    type Mutation { ok: Int, throws(how: String!): Int }
    input In { a: Int! = 1, b: [In!] }`)
  const errorWith = (http: object) =>
    new GraphQLError('refused', { extensions: { code: 'BAD_USER_INPUT', http } })
  const fieldValues: Record<string, unknown> = {
    error: new Error('secret'),
    'a string': 'secret',
    undefined,
    'a GraphQLError': new GraphQLError('secret'),
    'a status': errorWith({ status: 418 }),
    'another status': errorWith({ status: 451 }),
    'status and headers': errorWith({ status: 503, headers: new HeaderMap([['x-a', '1']]) }),
    headers: errorWith({ headers: new HeaderMap([['x-a', '2'], ['x-b', '3']]) }), // prettier-ignore
  }
  const fields = {
    ok: 1,
    list: [{ ok: 2 }, { ok: () => Promise.resolve(3) }],
    must: null,
    takes: (args: object) => JSON.stringify(args),
    async throws({ how }: { how: string }) {
      await Promise.resolve()
      throw fieldValues[how]
    },
  }
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      field.resolve = (root: Partial<typeof fields> | undefined, args: object) => {
        const found = { ...fields, ...root } as Record<string, unknown>
        const own = found[field.name]
        return typeof own === 'function' ? (own as (args: object) => unknown)(args) : own
      }
    }
  }
  const reportedErrors: string[] = []
  const listeners: OperationListener[] = [
    {
      didEncounterErrors: ({ errors }) =>
        Promise.resolve(void reportedErrors.push(...errors.map(String))),
    },
    {
      willSendResponse: ({ errors }) =>
        Promise.resolve(void reportedErrors.push(`${errors?.length ?? 'no'} errors`)),
    },
  ]
  const apollo = new ApolloServer<RequestContext>({
    schema,
    formatError,
    includeStacktraceInErrorResponses: false,
    plugins: [
      combinePlugins(...listeners, ...(isHooked ? [executeOperations(schema, listeners)] : [])),
    ],
  })
  await apollo.start()
  return async (body: GraphQLParams) => {
    reportedErrors.length = 0
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: new HeaderMap([['content-type', 'application/json']]),
        search: '',
        body,
      },
      context: () => Promise.resolve({} as RequestContext),
    })
    const text = answer.body.kind === 'complete' ? answer.body.string : ''
    return {
      status: answer.status ?? 200,
      headers: [...answer.headers],
      text,
      reportedErrors: [...reportedErrors],
    }
  }
}

const throws = (how: string, type = 'query') => ({ query: `${type} { ok throws(how: "${how}") }` })
const takes = (declared: string, used: string, variables: object) => ({
  query: `query (${declared}) { takes(${used}) }`,
  variables: { ...variables },
})

const faults: Record<string, [asked: GraphQLParams, status: number]> = {
  'no fault': [{ query: '{ ok list { ok list { ok } } }' }, 200],
  'an error': [throws('error'), 200],
  'an error of a mutation': [throws('error', 'mutation'), 200],
  'a thrown string': [throws('a string'), 200],
  'thrown undefined': [throws('undefined'), 200],
  'a GraphQLError without a code': [throws('a GraphQLError'), 200],
  'a status': [throws('a status'), 418],
  'two statuses (the last one counts)': [
    { query: '{ a: throws(how: "a status") b: throws(how: "another status") }' },
    451,
  ],
  'a status, then none': [{ query: '{ a: throws(how: "a status") b: throws(how: "error") }' }, 418],
  'a status and headers': [throws('status and headers'), 503],
  'headers of two errors': [
    { query: '{ a: throws(how: "status and headers") b: throws(how: "headers") }' },
    503,
  ],
  'null where null must not be': [{ query: '{ ok must }' }, 200],
  'null within a list': [{ query: '{ ok list { ok must } }' }, 200],
  'a variable that does not fit': [takes('$n: Int!', 'n: $n', { n: 'hunter2' }), 400],
  'a variable that is missing': [takes('$n: Int!', 'n: $n', {}), 400],
  'a variable that is null': [takes('$n: Int!', 'n: $n', { n: null }), 400],
  'several variables that do not fit': [
    takes('$n: Int!, $ns: [Int!]', 'n: $n, ns: $ns', { n: 1.5, ns: [1, null, 'x'] }),
    400,
  ],
  'a field that an input does not have': [
    takes('$in: In', 'n: 1, in: $in', { in: { a: 1, c: 'hunter2' } }),
    400,
  ],
  defaults: [takes('$n: Int! = 7, $in: In = { b: [{ a: 2 }] }', 'n: $n, in: $in', {}), 200],
  'null in place of a default': [takes('$n: Int = 7', 'n: $n', { n: null }), 200],
  'no such operation': [{ query: 'query A { ok }', operationName: 'B' }, 400],
  'no name for two operations': [{ query: 'query A { ok } query B { ok }' }, 400],
  'one of two operations': [{ query: 'query A { ok } mutation B { ok }', operationName: 'B' }, 200],
  'an invalid document': [{ query: '{ nothing }' }, 400],
}

describe('like Apollo Server’s own executor', () => {
  it.each(Object.entries(faults))('answers and reports %s', async (_, [asked, status]) => {
    const [hooked, plain] = await Promise.all([createFaultyServer(true), createFaultyServer(false)])
    const expected = await plain(asked)
    expect(await hooked(asked)).toEqual(expected)
    expect(expected.status).toBe(status)
    expect(expected.text).not.toMatch(/secret|hunter2/)
  })

  it('more wrong variables than graphql-js counts are BAD_USER_INPUT, and not an internal error', async () => {
    const asked = takes('$ns: [Int!]', 'n: 1, ns: $ns', {
      ns: Array.from({ length: 80 }, () => 'x'),
    })
    const { status, text } = await (await createFaultyServer(true))(asked)
    expect(status).toBe(400)
    expect(text).not.toContain('"data"')
    expect(new Set(text.match(/"code":"\w+"/g))).toEqual(new Set(['"code":"BAD_USER_INPUT"']))
  })

  it('an exception of graphql-js that no client can cause is an internal error', async () => {
    const listeners: OperationListener[] = []
    const schema = buildSchema('type Query { ok: Int }')
    const hook = executeOperations(schema, listeners)
    const context: unknown = { document: null, request: {}, operation: {}, contextValue: {} }
    const response = await hook.responseForOperation?.(context as never)
    expect(response?.http.status).toBe(500)
    expect(JSON.stringify(response?.body)).toContain('INTERNAL_SERVER_ERROR')
    expect(JSON.stringify(response?.body)).not.toMatch(/"data"|Must provide document/)
  })
})
