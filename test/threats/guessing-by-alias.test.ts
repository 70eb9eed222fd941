// A limit that counts HTTP requests is multiplied by whatever puts several guesses into one request: aliases,
// fragments, several operations, arrays of requests, and persisted queries make each of them small (OWASP GraphQL
// Cheat Sheet, "Batching Attacks"; OWASP API Security API2:2023). Here one operation tries one credential at most,
// attempts are counted where fields resolve, and what is refused evaluates no password.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newEmail, post, registerPerson, type Person } from '../support/app/client.js'
import {
  forwarded,
  hashesOf,
  newPlace,
  outcomeOf,
  startLimitedApp,
  tally,
  tryLogin,
  wrongPassword,
} from '../support/app/limits.js'
import { watch } from '../support/database/watch.js'

const app = await startLimitedApp()
afterAll(app.close)
let person: Person
beforeAll(async () => {
  person = await registerPerson(app)
})

const hundred = Array.from({ length: 100 }, (_, i) => i)
const times = (n: number, text: string) => Array.from({ length: n }, () => text).join(' ')
const head = '($i: LoginInput!)'
const login = 'login(input: $i) { __typename ... on AuthError { code } }'
const short = 'login(input: $i) { __typename }'
const failedLogins = () => app.db.auditEvent.count({ where: { type: 'LOGIN', success: false } })

interface Body {
  readonly query?: string
  readonly operationName?: string
  readonly extensions?: unknown
}

/** One guess, wherever it comes from. */
const send = (body: Body, email = person.email, from = newPlace()) =>
  post(
    app,
    JSON.stringify({ ...body, variables: { i: { email, password: wrongPassword } } }),
    forwarded(from),
  )

describe('an operation that tries two credentials is refused whole', () => {
  const inline = (password: string) =>
    `login(input: { email: "a@b.example", password: "${password}" }) { __typename }`
  const registration = `register(input: { email: "a@b.example", password: "${wrongPassword}" }) { __typename }`

  it.each([
    ['a hundred aliases', `mutation ${head} { ${hundred.map((i) => `a${i}:${short}`).join(' ')} }`],
    ['two aliases', `mutation ${head} { a: ${login} b: ${login} }`],
    ['aliases with literals', `mutation { a: ${inline('guess 1')} b: ${inline('guess 2')} }`],
    ['a field and an alias of it', `mutation ${head} { ${login} login: ${login} }`],
    [
      'a hundred spreads',
      `mutation ${head} { ${times(100, '...F')} } fragment F on Mutation { ${login} }`,
    ],
    [
      'spreads of spreads',
      `mutation ${head} { ...A ...B } fragment A on Mutation { ...C } fragment B on Mutation { ...C } fragment C on Mutation { a: ${login} }`,
    ],
    [
      'inline fragments',
      `mutation ${head} { ... { a: ${login} } ... on Mutation { b: ${login} } }`,
    ],
    [
      'directives that leave one out',
      `mutation ${head} { a: ${login} b: login(input: $i) @skip(if: true) { __typename } }`,
    ],
    ['a sign-in and a registration', `mutation ${head} { ${login} ${registration} }`],
    ['a sign-in and a refresh', `mutation ${head} { ${login} refresh { __typename } }`],
    [
      'beside an operation that is fine',
      `mutation One ${head} { ${login} } mutation Two ${head} { a: ${login} b: ${login} }`,
    ],
  ])('%s', async (_, query) => {
    const hashes = await hashesOf(app)
    const body = { query, ...(query.includes('One') && { operationName: 'One' }) }
    const { result, touched } = await watch(app, () => send(body))
    expect([result.status, result.data]).toEqual([400, undefined])
    expect(result.errors).toHaveLength(1)
    expect(result.errors[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED')
    expect(touched).toEqual([])
    expect(await hashesOf(app)).toBe(hashes)
  })

  it('as a persisted query, too, which is not kept', async () => {
    const query = `mutation ${head} { a: ${login} b: ${login} }`
    const hashes = await hashesOf(app)
    const extensions = persisted(query)
    for (const body of [{ query, extensions }, { query, extensions }, { extensions }]) {
      const { result, touched } = await watch(app, () => send(body))
      expect([result.status, result.data]).toEqual([body.query ? 400 : 200, undefined])
      expect(touched).toEqual([])
    }
    expect(await hashesOf(app)).toBe(hashes)
  })
})

const persisted = (query: string) => ({
  persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') },
})

it('an array of a hundred requests is refused whole', async () => {
  const hashes = await hashesOf(app)
  const variables = { i: { email: person.email, password: wrongPassword } }
  const batch = hundred.map(() => ({ query: `mutation ${head} { ${login} }`, variables }))
  const { result, touched } = await watch(app, () => post(app, JSON.stringify(batch)))
  expect([result.status, result.data]).toEqual([400, undefined])
  expect(touched).toEqual([])
  expect(await hashesOf(app)).toBe(hashes)
})

describe('a hundred requests', () => {
  const query = `mutation ${head} { ${login} }`
  const operations = Array.from({ length: 50 }, (_, i) => `mutation M${i} ${head} { ${short} }`)
  const shapes: [string, (i: number) => Body][] = [
    ['as they come', () => ({ query })],
    ['by ever new aliases', (i) => ({ query: query.replace('login', `a${i}: login`) })],
    [
      'by fragments',
      () => ({
        query: `mutation ${head} { ...F ...on Mutation { __typename } } fragment F on Mutation { ${login} }`,
      }),
    ],
    [
      'by the operations of one document',
      (i) => ({ query: operations.join('\n'), operationName: `M${i % 50}` }),
    ],
    ['by the hash of a persisted query', () => ({ extensions: persisted(query) })],
  ]
  beforeAll(async () => {
    await send({ query, extensions: persisted(query) }, newEmail()) // to be kept
  })

  it.each(shapes)('%s at one account: five are evaluated', async (_, shape) => {
    const [email, from] = [newEmail(), newPlace()]
    const before = [await hashesOf(app), await failedLogins()]
    const answers = await Promise.all(hundred.map((i) => send(shape(i), email, from)))
    expect(tally(refused(answers))).toEqual({ 'RATE_LIMITED 60': 80, 'RATE_LIMITED 1': 15 })
    expect([await hashesOf(app), await failedLogins()]).toEqual(before.map((n) => n + 5))
  })

  it.each(shapes.slice(-2))('%s at as many accounts: twenty are', async (_, shape) => {
    const from = newPlace()
    const before = [await hashesOf(app), await failedLogins()]
    const answers = await Promise.all(hundred.map((i) => send(shape(i), newEmail(), from)))
    expect(tally(refused(answers))).toEqual({ 'RATE_LIMITED 60': 80 })
    expect([await hashesOf(app), await failedLogins()]).toEqual(before.map((n) => n + 20))
  })
})

const refused = (answers: Awaited<ReturnType<typeof send>>[]) =>
  answers.filter(({ errors }) => errors.length > 0).map(outcomeOf)

it('an operation that was refused took nothing of anybody’s budget', async () => {
  const from = newPlace()
  const query = `mutation ${head} { a: ${login} b: ${login} }`
  await Promise.all(hundred.map(() => send({ query }, person.email, from)))
  expect(await tryLogin(app, { ...person, from })).toBe('AuthPayload')
})
