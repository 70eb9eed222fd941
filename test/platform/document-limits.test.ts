import { afterAll, describe, expect, it } from 'vitest'
import { documentLimits } from '../../src/platform/graphql/documents/limits.js'
import { startApp } from '../support/app/app.js'
import { call, goodPassword, post, parseResponse, registerPerson } from '../support/app/client.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)
const { email, accessToken: token } = await registerPerson(app)

type Variables = Record<string, unknown>

const send = {
  POST: (query: string, variables: Variables = {}) => call(app, query, variables, { token }),
  async GET(query: string, variables: Variables = {}) {
    const search = new URLSearchParams({ query, variables: JSON.stringify(variables) })
    const headers = { authorization: `Bearer ${token}` }
    return parseResponse(await fetch(`${app.url}/graphql?${search.toString()}`, { headers }))
  },
}
const repeat = (n: number, text: (i: number) => string) =>
  Array.from({ length: n }, (_, i) => text(i)).join(' ')
const idFields = (n: number) => 'id '.repeat(n)
const includeDirective = '@include(if: true)'

/** Each limit, with a function that makes a document using `n` of it. */
const limits = {
  tokens: {
    max: 1_500,
    message: 'Syntax Error: Document contains more that 1500 tokens. Parsing aborted.',
    code: 'GRAPHQL_PARSE_FAILED',
    examples: {
      'fields of the person': (n: number) =>
        `{ me { ${'... { id } '.repeat(373)} ${idFields(n - 1_497)} } }`,
    },
  },
  rootFields: {
    max: 20,
    message: 'An operation may have at most 20 fields at the root.',
    code: 'GRAPHQL_VALIDATION_FAILED',
    examples: {
      'the same field': (n: number) => `{ ${'__typename '.repeat(n)} }`,
      aliases: (n: number) => `{ ${repeat(n, (i) => `a${i}: __typename`)} }`,
      'inline fragments': (n: number) => `{ ${'... { __typename } '.repeat(n)} }`,
      'a fragment used twice': (n: number) =>
        `{ ...F ...F ${'__typename '.repeat(n - 18)} } fragment F on Query { ${'__typename '.repeat(9)} }`,
    },
  },
  aliases: {
    max: 30,
    message: 'An operation may have at most 30 aliases.',
    code: 'GRAPHQL_VALIDATION_FAILED',
    examples: {
      'one level': (n: number) => `{ me { ${repeat(n, (i) => `a${i}: id`)} } }`,
      'two levels': (n: number) => `{ a: me { ${repeat(n - 1, (i) => `a${i}: id`)} } }`,
      'the same alias': (n: number) => `{ me { ${'a: id '.repeat(n)} } }`,
      'inline fragments': (n: number) => `{ me { ${repeat(n, (i) => `... { a${i}: id }`)} } }`,
      'a fragment used twice': (n: number) =>
        `{ a: me { ...F } b: me { ...F ${repeat(n - 28, (i) => `b${i}: id`)} } } fragment F on User { ${repeat(13, (i) => `a${i}: id`)} }`,
    },
  },
  aliasLength: {
    max: 100,
    message: 'An operation may have at most 100 characters in an alias.',
    code: 'GRAPHQL_VALIDATION_FAILED',
    examples: {
      'at the root': (n: number) => `{ ${'a'.repeat(n)}: __typename }`,
      'in a fragment': (n: number) =>
        `{ b: __typename me { ...F } } fragment F on User { ${'a'.repeat(n)}: id }`,
    },
  },
  directives: {
    max: 30,
    message: 'An operation may have at most 30 directives.',
    code: 'GRAPHQL_VALIDATION_FAILED',
    examples: {
      'on fields': (n: number) => `{ me { ${`id ${includeDirective} `.repeat(n)} } }`,
      'on inline fragments': (n: number) =>
        `{ me { ${`... ${includeDirective} { id } `.repeat(n)} } }`,
      'on spreads, and in the spread fragments': (n: number) =>
        `{ me { ${`...F ${includeDirective} `.repeat(10)} ${`id ${includeDirective} `.repeat(n - 20)} } } fragment F on User { id ${includeDirective} }`,
    },
  },
} as const

describe.each(Object.entries(limits))('%s', (name, { max, message, code, examples }) => {
  describe.each(Object.entries<(n: number) => string>(examples))('of %s', (_, document) => {
    it.each(['POST', 'GET'] as const)('by %s', async (method) => {
      expect(documentLimits[name as keyof typeof limits]).toBe(max)
      const { status, errors, data } = await send[method](document(max))
      expect({ status, errors }).toEqual({ status: 200, errors: [] })
      expect(data).toBeTruthy()
      const refused = await send[method](document(max + 1))
      expect(refused.status).toBe(400)
      expect(refused.data).toBeUndefined()
      expect(refused.errors).toMatchObject([{ message, extensions: { code } }])
    })
  })
})

it('depth: more than 10 levels are refused, before the schema is checked', async () => {
  const levels = (n: number) => `${'{ me '.repeat(n - 1)}{ id }${'}'.repeat(n - 1)}`
  const message = 'An operation may have at most 10 levels of fields.'
  const inFragments = `{ ...F } fragment F on Query { ... { me ${levels(10)} } }`
  expect((await send.POST(levels(10))).text).not.toContain(message)
  for (const query of [levels(11), inFragments]) {
    const { status, errors } = await send.POST(query)
    expect({ status, errors }).toMatchObject({ status: 400, errors: [{ message }] })
    expect(errors).toHaveLength(1)
  }
})

describe('every operation of a document', () => {
  const fields = (n: number) => repeat(n, (i) => `a${i}: __typename`)

  it('has limits of its own', async () => {
    const query = `query A { ${fields(20)} } query B { ${fields(20)} }`
    const body = JSON.stringify({ query, operationName: 'B' })
    expect((await post(app, body)).errors).toEqual([])
  })

  it('must respect them, even if another operation runs', async () => {
    const query = `query A { __typename } query B { ${fields(21)} }`
    const { status, errors } = await post(app, JSON.stringify({ query, operationName: 'A' }))
    expect({ status, errors }).toMatchObject({
      status: 400,
      errors: [{ message: limits.rootFields.message }],
    })
  })
})

it('a document beyond a limit executes nothing', async () => {
  const input = `input: { email: "${email}", password: "${goodPassword}" }`
  const login = `login(${input}) { __typename ... on AuthPayload { ...P } }`
  const documents = [
    `mutation { ${login} ${'__typename '.repeat(20)} } fragment P on AuthPayload { tokenType }`,
    `mutation { ${login} } fragment P on AuthPayload { ${repeat(31, (i) => `a${i}: tokenType`)} }`,
    `mutation { ${login} } fragment P on AuthPayload { user { sessions(first: 100) { nodes { ...S } } } } fragment S on Session { ${idFields(50)} }`,
    `mutation { a: ${login} b: ${login} } fragment P on AuthPayload { tokenType }`,
    `mutation { ${login} ...R } fragment P on AuthPayload { tokenType } fragment R on Mutation { refresh { __typename } }`,
  ]
  for (const query of documents) {
    const { result, touched } = await trackChanges(app, () => send.POST(query))
    expect({ status: result.status, errors: result.errors.length }).toEqual({
      status: 400,
      errors: 1,
    })
    expect(result.errors[0]?.message).toMatch(/ at most | more than /)
    expect(touched).toEqual([])
  }
})
