// A limit on HTTP requests fails when one request contains several guesses. Aliases, fragments, several operations and
// arrays of requests do that, and persisted queries make each one small (OWASP GraphQL Cheat Sheet, "Batching Attacks";
// OWASP API Security API2:2023). Here one operation tries at most one credential. Attempts are counted where fields
// resolve, and a refused one evaluates no password.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newEmail, post, registerPerson, type Person } from '../support/app/client.js'
import {
  forwardedFor,
  countPasswordHashes,
  newIp,
  outcomeOf,
  startRateLimitedApp,
  tally,
  tryLogin,
  wrongPassword,
} from '../support/app/rate-limits.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startRateLimitedApp()
afterAll(app.close)
let person: Person
beforeAll(async () => {
  person = await registerPerson(app)
})

const hundredIndexes = Array.from({ length: 100 }, (_, i) => i)
const repeat = (n: number, text: string) => Array.from({ length: n }, () => text).join(' ')
const variableDefinition = '($i: LoginInput!)'
const login = 'login(input: $i) { __typename ... on AuthError { code } }'
const shortLogin = 'login(input: $i) { __typename }'
const failedLogins = () => app.db.auditEvent.count({ where: { type: 'LOGIN', success: false } })

interface Body {
  readonly query?: string
  readonly operationName?: string
  readonly extensions?: unknown
}

/** One guess, by default from a new address. */
const send = (body: Body, email = person.email, ip = newIp()) =>
  post(
    app,
    JSON.stringify({ ...body, variables: { i: { email, password: wrongPassword } } }),
    forwardedFor(ip),
  )

describe('an operation that tries two credentials is refused as a whole', () => {
  const inline = (password: string) =>
    `login(input: { email: "a@b.example", password: "${password}" }) { __typename }`
  const registration = `register(input: { email: "a@b.example", password: "${wrongPassword}" }) { __typename }`

  it.each([
    [
      'a hundred aliases',
      `mutation ${variableDefinition} { ${hundredIndexes.map((i) => `a${i}:${shortLogin}`).join(' ')} }`,
    ],
    ['two aliases', `mutation ${variableDefinition} { a: ${login} b: ${login} }`],
    ['aliases with literals', `mutation { a: ${inline('guess 1')} b: ${inline('guess 2')} }`],
    ['a field and an alias of it', `mutation ${variableDefinition} { ${login} login: ${login} }`],
    [
      'a hundred spreads',
      `mutation ${variableDefinition} { ${repeat(100, '...F')} } fragment F on Mutation { ${login} }`,
    ],
    [
      'spreads of spreads',
      `mutation ${variableDefinition} { ...A ...B } fragment A on Mutation { ...C } fragment B on Mutation { ...C } fragment C on Mutation { a: ${login} }`,
    ],
    [
      'inline fragments',
      `mutation ${variableDefinition} { ... { a: ${login} } ... on Mutation { b: ${login} } }`,
    ],
    [
      'directives that leave one out',
      `mutation ${variableDefinition} { a: ${login} b: login(input: $i) @skip(if: true) { __typename } }`,
    ],
    ['a sign-in and a registration', `mutation ${variableDefinition} { ${login} ${registration} }`],
    [
      'a sign-in and a refresh',
      `mutation ${variableDefinition} { ${login} refresh { __typename } }`,
    ],
    [
      'next to a valid operation',
      `mutation One ${variableDefinition} { ${login} } mutation Two ${variableDefinition} { a: ${login} b: ${login} }`,
    ],
  ])('%s', async (_, query) => {
    const hashes = await countPasswordHashes(app)
    const body = { query, ...(query.includes('One') && { operationName: 'One' }) }
    const { result, touched } = await trackChanges(app, () => send(body))
    expect([result.status, result.data]).toEqual([400, undefined])
    expect(result.errors).toHaveLength(1)
    expect(result.errors[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED')
    expect(touched).toEqual([])
    expect(await countPasswordHashes(app)).toBe(hashes)
  })

  it('also as a persisted query, which is not stored', async () => {
    const query = `mutation ${variableDefinition} { a: ${login} b: ${login} }`
    const hashes = await countPasswordHashes(app)
    const extensions = persisted(query)
    for (const body of [{ query, extensions }, { query, extensions }, { extensions }]) {
      const { result, touched } = await trackChanges(app, () => send(body))
      expect([result.status, result.data]).toEqual([body.query ? 400 : 200, undefined])
      expect(touched).toEqual([])
    }
    expect(await countPasswordHashes(app)).toBe(hashes)
  })
})

const persisted = (query: string) => ({
  persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') },
})

it('an array of a hundred requests is refused as a whole', async () => {
  const hashes = await countPasswordHashes(app)
  const variables = { i: { email: person.email, password: wrongPassword } }
  const batch = hundredIndexes.map(() => ({
    query: `mutation ${variableDefinition} { ${login} }`,
    variables,
  }))
  const { result, touched } = await trackChanges(app, () => post(app, JSON.stringify(batch)))
  expect([result.status, result.data]).toEqual([400, undefined])
  expect(touched).toEqual([])
  expect(await countPasswordHashes(app)).toBe(hashes)
})

describe('a hundred requests', () => {
  const query = `mutation ${variableDefinition} { ${login} }`
  const operations = Array.from(
    { length: 50 },
    (_, i) => `mutation M${i} ${variableDefinition} { ${shortLogin} }`,
  )
  const shapes: [string, (i: number) => Body][] = [
    ['sent one by one', () => ({ query })],
    ['by a new alias each time', (i) => ({ query: query.replace('login', `a${i}: login`) })],
    [
      'by fragments',
      () => ({
        query: `mutation ${variableDefinition} { ...F ...on Mutation { __typename } } fragment F on Mutation { ${login} }`,
      }),
    ],
    [
      'by the operations of one document',
      (i) => ({ query: operations.join('\n'), operationName: `M${i % 50}` }),
    ],
    ['by the hash of a persisted query', () => ({ extensions: persisted(query) })],
  ]
  beforeAll(async () => {
    await send({ query, extensions: persisted(query) }, newEmail()) // to be stored
  })

  it.each(shapes)('%s at one account: five are evaluated', async (_, shape) => {
    const [email, ip] = [newEmail(), newIp()]
    const before = [await countPasswordHashes(app), await failedLogins()]
    const answers = await Promise.all(hundredIndexes.map((i) => send(shape(i), email, ip)))
    expect(tally(countRefused(answers))).toEqual({ 'RATE_LIMITED 60': 80, 'RATE_LIMITED 1': 15 })
    expect([await countPasswordHashes(app), await failedLogins()]).toEqual(before.map((n) => n + 5))
  })

  it.each(shapes.slice(-2))('%s at as many accounts: twenty are evaluated', async (_, shape) => {
    const ip = newIp()
    const before = [await countPasswordHashes(app), await failedLogins()]
    const answers = await Promise.all(hundredIndexes.map((i) => send(shape(i), newEmail(), ip)))
    expect(tally(countRefused(answers))).toEqual({ 'RATE_LIMITED 60': 80 })
    expect([await countPasswordHashes(app), await failedLogins()]).toEqual(
      before.map((n) => n + 20),
    )
  })
})

const countRefused = (answers: Awaited<ReturnType<typeof send>>[]) =>
  answers.filter(({ errors }) => errors.length > 0).map(outcomeOf)

it('an operation that was refused used no budget', async () => {
  const ip = newIp()
  const query = `mutation ${variableDefinition} { a: ${login} b: ${login} }`
  await Promise.all(hundredIndexes.map(() => send({ query }, person.email, ip)))
  expect(await tryLogin(app, { ...person, ip })).toBe('AuthPayload')
})
