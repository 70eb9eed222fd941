import { getIntrospectionQuery } from 'graphql'
import type { Server } from '../app/client.js'

/** A harmful request and its expected outcome. */
export interface HostileRequest {
  readonly name: string
  /** The part of the URL after /graphql. */
  readonly search?: string
  readonly init?: RequestInit
  readonly status: number
  /** Null: the request is harmless and gets an answer. */
  readonly code: string | null
}

type Requests = Record<string, Pick<HostileRequest, 'search' | 'init'>>

const withExpectedOutcome = (
  status: number,
  code: string | null,
  requests: Requests,
): HostileRequest[] =>
  Object.entries(requests).map(([name, request]) => ({ name, ...request, status, code }))

const posted = (body: string, headers: Record<string, string> = {}) => ({
  init: { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body },
})
const post = (query: string, more: object = {}) => posted(JSON.stringify({ query, ...more }))
const get = (query: string) => ({ search: `?${new URLSearchParams({ query }).toString()}` })
const form = (query: string) =>
  posted(new URLSearchParams({ query }).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  })
const batch = (n: number, query: string) =>
  posted(JSON.stringify(Array.from({ length: n }, () => ({ query }))))

const repeat = (n: number, text: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => text(i)).join(' ')
const nested = (n: number, open: string, inner: string, close: string) =>
  open.repeat(n) + inner + close.repeat(n)
const numbered = (n: number) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`v${i}`, i]))

const login = 'login(input: { email: "ana@example.com", password: "hunter2" }) { __typename }'
const loginWith = 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }'
const loginWithInput = (input: string) =>
  posted(`{"query":"${loginWith}","variables":{"input":${input}}}`)

/** Each of these fragments spreads the next one twice. */
const fanOut = (n: number, type: string, last: string) =>
  `${repeat(n, (i) => `fragment F${i} on ${type} { ...F${i + 1} ...F${i + 1} }`)} fragment F${n} on ${type} { ${last} }`

const [, introspectionFragments = ''] = getIntrospectionQuery().split(/(?=\bfragment FullType\b)/)

/**
 * The attacks of graphql-cop (https://github.com/dolevf/graphql-cop) and BatchQL (https://github.com/assetnote/batchql)
 * with one correct answer in every deployment. Also other attacks that are known to have hurt GraphQL servers.
 */
export const hostileRequests: readonly HostileRequest[] = [
  ...withExpectedOutcome(200, null, {
    'graphql-cop: GET method query support': get('query cop { __typename }'),
    '490 levels of inline fragments': post(nested(490, '{ ... ', '{ __typename }', '}')),
    'a name of 90 kB of an operation': post(`query ${'a'.repeat(90_000)} { __typename }`),
    'a comment of 90 kB': post(`{ __typename } # ${'a'.repeat(90_000)}`),
    '30,000 comments': post(`{ __typename }${'\n#'.repeat(30_000)}`),
    '90 kB of commas': post(`{ __typename ${','.repeat(90_000)}}`),
    'a byte order mark in front': post('\uFEFF{ __typename }'),
    '5,000 undeclared variables': post('{ __typename }', { variables: numbered(5_000) }),
    '9,000 levels of extensions': posted(
      `{"query":"{ __typename }","extensions":${nested(9_000, '{"a":', '1', '}')}}`,
    ),
  }),
  ...withExpectedOutcome(200, 'UNAUTHENTICATED', {
    '290 inline fragments side by side': post(`{ me { ${'... { id } '.repeat(290)} } }`),
    '100 fragments of the same fields': post(
      `{ me { ${repeat(100, (i) => `...F${i}`)} } } ${repeat(100, (i) => `fragment F${i} on User { id name email }`)}`,
    ),
  }),
  ...withExpectedOutcome(400, 'GRAPHQL_PARSE_FAILED', {
    'graphql-cop: unhandled error detection': post('qwerty cop { abc }'),
    '10,000 fields of a short name': post(`{ ${'id '.repeat(10_000)} }`),
    '10,000 unknown fields': post(`{ ${repeat(10_000, (i) => `f${i}`)} }`),
    '10,000 variables': post(
      `query (${repeat(10_000, (i) => `$${i}:I`)}) { me }`.replace(/\$/g, '$v'),
    ),
    '10,000 arguments': post(`{ me(${repeat(10_000, (i) => `a${i}:1`)}) }`),
    '10,000 directives': post(`{ me ${repeat(10_000, (i) => `@d${i}`)} }`),
    '5,000 operations': post(repeat(5_000, (i) => `query q${i}{me}`)),
    '3,000 levels of fields': post(nested(3_000, '{ me ', '{ id }', '}')),
    '3,000 levels of inline fragments': post(nested(3_000, '{ ... ', '{ __typename }', '}')),
    '3,000 levels of lists': post(`{ me(a: ${nested(3_000, '[', '', ']')}) }`),
    '3,000 levels of input objects': post(`{ me(a: ${nested(3_000, '{ a: ', '1', '}')}) }`),
    '3,000 levels of a type': post(`query ($a: ${nested(3_000, '[', 'Int', ']')}) { me }`),
    '40,000 braces': post('{ a '.repeat(20_000)),
    '40,000 brackets': post(`{ me(a: ${'['.repeat(40_000)}`),
    '100 times 100 inline fragments': post(
      `{ ${`... { ${'... { id } '.repeat(80)} } `.repeat(100)} }`,
    ),
    'an open block string': post(`{ me(a: """${'a""'.repeat(15_000)}`),
    'a lone brace': post('{'),
    'an empty selection': post('{}'),
    'nothing but a byte order mark': post('\uFEFF'),
    '1,600 fields by GET': get(`{ ${'id '.repeat(1_600)} }`),
  }),
  ...withExpectedOutcome(400, 'GRAPHQL_VALIDATION_FAILED', {
    'graphql-cop: alias overloading': post(
      `query cop { ${repeat(101, (i) => `alias${i}:__typename`)} }`,
    ),
    'graphql-cop: directive overloading': post(`query cop { __typename ${'@aa'.repeat(10)} }`),
    'graphql-cop: circular introspection': post(
      `query cop { __schema { types { ${nested(4, 'fields { type { ', 'name', ' } }')} } } }`,
    ),
    'graphql-cop: field duplication': post(`query cop { ${'__typename \n'.repeat(500)} }`),
    'BatchQL: query name based batching': post(
      `mutation { ${repeat(20, (i) => `a${i}: ${login}`)} }`,
    ),
    'introspection a hundred times by aliases': post(
      `{ __schema { ${repeat(100, (i) => `a${i}: types { ...FullType }`)} } } ${introspectionFragments}`,
    ),
    'introspection thirty times by aliases': post(
      `{ __schema { ${repeat(30, (i) => `a${i}: types { ...FullType }`)} } } ${introspectionFragments}`,
    ),
    'introspection twenty times over': post(
      `{ ${repeat(20, (i) => `a${i}: __schema { types { ...FullType } }`)} } ${introspectionFragments}`,
    ),
    '1,490 fields': post(`{ ${'__typename '.repeat(1_490)} }`),
    '1,490 fields of a person': post(`{ me { ${'id '.repeat(1_490)} } }`),
    '1,490 unknown fields': post(`{ ${repeat(1_490, (i) => `settings${i}`)} }`),
    '490 aliases': post(`{ me { ${repeat(490, (i) => `a${i}: id`)} } }`),
    '490 fields that conflict': post(
      `{ me { ${repeat(490, (i) => `a: ${i % 2 ? 'id' : 'name'}`)} } }`,
    ),
    '370 unknown arguments': post(`{ me(${repeat(370, (i) => `firs${i}: 1`)}) { id } }`),
    '700 unknown directives': post(`{ me ${repeat(700, (i) => `@includ${i}`)} { id } }`),
    '370 unused variables': post(`query (${repeat(370, (i) => `$v${i}: Int`)}) { me { id } }`),
    '200 operations without names': post('{ me { id } } '.repeat(200)),
    '490 levels of fields': post(nested(490, '{ me ', '{ id }', '}')),
    '700 levels of lists': post(`{ me(a: ${nested(700, '[', '', ']')}) { id } }`),
    '290 levels of input objects': post(`{ me(a: ${nested(290, '{ a: ', '1', '}')}) { id } }`),
    '700 levels of a type': post(`query ($a: ${nested(700, '[', 'Int', ']')}) { me { id } }`),
    'a fan-out of 2^24 fields at the root': post(`{ ...F0 } ${fanOut(24, 'Query', 'me { id }')}`),
    'a fan-out of 2^24 aliases': post(`{ me { ...F0 } } ${fanOut(24, 'User', 'a: id')}`),
    'a fan-out of 2^24 by GET': get(`{ ...F0 } ${fanOut(24, 'Query', '__typename')}`),
    'a fragment within itself': post('{ ...A } fragment A on Query { ...A }'),
    'fragments within each other': post(
      '{ me { ...A } } fragment A on User { id ...B } fragment B on User { ...C ...B } fragment C on User { ...A }',
    ),
    '35 fragments that all spread each other': post(
      `{ ...F0 } ${repeat(35, (i) => `fragment F${i} on Query { ${repeat(18, (j) => `...F${(i + j) % 35}`)} }`)}`,
    ),
    'a name of 90 kB of a field': post(`{ ${'a'.repeat(90_000)} }`),
    'a name of 90 kB of a type': post(`query ($a: ${'a'.repeat(90_000)}) { me { id } }`),
    'an alias of 90 kB': post(`{ ${'a'.repeat(90_000)}: __typename }`),
    'a number of 90,000 digits': post(`{ me(first: ${'9'.repeat(90_000)}) { id } }`),
    '20,000 lines of a block string': post(`{ me(a: """${'\n a'.repeat(20_000)}""") { id } }`),
    '15,000 quotes in a block string': post(`{ me(a: """${' "'.repeat(15_000)} """) { id } }`),
    '150 definitions of types': post('type A { a: Int } '.repeat(150)),
  }),
  ...withExpectedOutcome(400, 'BAD_USER_INPUT', {
    'a page of 2^31 - 1': post('{ me { sessions(first: 2147483647) { nodes { id } } } }'),
    'twenty pages of a hundred': post(
      `{ me { ${repeat(20, (i) => `a${i}: sessions(first: 100) { nodes { id } edges { node { id } } }`)} } }`,
    ),
    'a fan-out of 2^24 fields': post(`{ me { ...F0 } } ${fanOut(24, 'User', 'id')}`),
    'a fan-out of 2^100 fields': post(`{ me { ...F0 } } ${fanOut(100, 'User', 'id')}`),
    '5,000 fields that the input does not have': post(loginWith, {
      variables: { input: numbered(5_000) },
    }),
    '3,000 levels of lists in variables': loginWithInput(nested(3_000, '[', '', ']')),
    '45,000 levels of lists in variables': loginWithInput(nested(45_000, '[', '', ']')),
    '9,000 levels of objects in variables': loginWithInput(nested(9_000, '{"a":', '1', '}')),
  }),
  ...withExpectedOutcome(400, 'OPERATION_RESOLUTION_FAILURE', {
    'a name of 90 kB of no operation': post('query a { __typename }', {
      operationName: 'a'.repeat(90_000),
    }),
    '180 operations, none of them chosen': post(repeat(180, (i) => `query q${i} { me { id } }`)),
  }),
  ...withExpectedOutcome(400, 'BAD_REQUEST', {
    'graphql-cop: batch queries by array': batch(10, 'query cop { __typename }'),
    'BatchQL: JSON list based batching': batch(100, `mutation { ${login} }`),
  }),
  ...withExpectedOutcome(405, 'BAD_REQUEST', {
    'graphql-cop: GET-based mutation': get('mutation cop { __typename }'),
    'BatchQL: GET based CSRF': get(`mutation { ${login} }`),
  }),
  ...withExpectedOutcome(413, 'BAD_REQUEST', {
    '10,000 fields of a long name': post(`{ ${'__typename '.repeat(10_000)} }`),
    'a string of 100 kB': post(`{ me(a: "${'a'.repeat(102_400)}") { id } }`),
  }),
  ...withExpectedOutcome(415, 'BAD_REQUEST', {
    'graphql-cop: POST url-encoded query': form('query cop { __typename }'),
    'BatchQL: POST based CSRF': form(`mutation { ${login} }`),
  }),
  ...withExpectedOutcome(431, 'BAD_REQUEST', {
    'headers of 20 kB': posted('{"query":"{ __typename }"}', { 'x-large': 'a'.repeat(20_000) }),
    '20 kB by GET': get(`{ __typename } # ${'a'.repeat(20_000)}`),
  }),
]

/** Sends it and reads the whole answer. Throws on a connection reset. */
export async function sendAttack(
  { url }: Server,
  { search = '', init }: Pick<HostileRequest, 'search' | 'init'>,
  token: string | null = null,
) {
  const headers = new Headers(init?.headers)
  if (token) headers.set('authorization', `Bearer ${token}`)
  const start = performance.now()
  const response = await fetch(`${url}/graphql${search}`, { ...init, headers })
  const text = await response.text()
  const durationMs = performance.now() - start
  const type = response.headers.get('content-type')
  const { errors = [] } = JSON.parse(text) as { errors?: { extensions: { code: string } }[] }
  return {
    took: durationMs,
    status: response.status,
    type,
    text,
    code: errors[0]?.extensions.code ?? null,
  }
}
