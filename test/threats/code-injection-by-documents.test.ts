// Documents that come again are compiled to JavaScript. What a client writes must not become code of its own, nor stop
// the function that it becomes: graphql-jit takes strings of a certain form for calls, loses conditions of fragments that
// are spread twice, leaves mutations unanswered after a null, and takes exponential time for introspection by fragments.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../support/app.js'
import { call, registerPerson, type Person } from '../support/client.js'
import { compiledBy } from '../support/compiled.js'

let app: TestApp
let person: Person
beforeAll(async () => {
  app = await startApp({ env: { GRAPHQL_COMPILE_AFTER: '1', FEDERATION: 'on' } })
  person = await registerPerson(app)
})
afterAll(() => app.close())

const marker = '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d'
const code = '(globalThis.injected=true,0)'
const login = (email: string) =>
  `mutation { login(input: { email: ${email}, password: "wrong horse battery" }) { __typename } }`

const injections = {
  'a string': login(`"${marker}${code}"`),
  'a string with escapes': login(`"${marker.replaceAll('_', '\\u005f')}${code}"`),
  'a block string': login(`"""${marker}${code}"""`),
  'a string in a query': `{ me { sessions(after: "${marker}${code}") { totalCount } } }`,
  'a name where any value may stand': `{ _entities(representations: [${marker}]) { __typename } }`,
  'a string that ends the one around it': `{ me { sessions(after: "\\"+(globalThis.injected=true)+\\"") { totalCount } } }`,
  'a template': '{ me { sessions(after: "${globalThis.injected=true}`") { totalCount } } }',
}

describe('a document that holds code', () => {
  it.each(Object.entries(injections))(
    'in %s is not compiled, and runs nothing',
    async (_, query) => {
      const ask = () => call(app, query, {}, { token: person.accessToken })
      const first = await ask()
      const compiled = await compiledBy(async () => {
        for (let i = 0; i < 3; i += 1) expect((await ask()).text).toBe(first.text)
      })
      expect(compiled).toBe(0)
      expect(globalThis).not.toHaveProperty('injected')
    },
  )
})

it('a mutation is answered whatever is null, and none is left out', async () => {
  const query =
    'mutation ($b: RevokeSessionInput = { sessionId: "x" }) { a: logout { sessionId } b: revokeSession(input: $b) { __typename } }'
  for (let i = 0; i < 4; i += 1) {
    const { data, errors } = await call(app, query, { b: null })
    expect(data).toMatchObject({ a: { sessionId: null } })
    expect(errors).toHaveLength(1)
  }
})

it('variables are what was given, whatever objects inherit under their names', async () => {
  const query = 'query ($toString: String) { me { sessions(after: $toString) { totalCount } } }'
  for (let i = 0; i < 4; i += 1) {
    const { data } = await call(app, query, {}, { token: person.accessToken })
    expect(data).toEqual({ me: { sessions: { totalCount: 1 } } })
  }
})

it('operations of one document keep their fields, and fragments that are spread twice', async () => {
  const query = `query A { authSettings { ...F @include(if: false) ...F } }
    query B { authSettings { ...F } } fragment F on AuthSettings { registrationOpen }`
  const asked = async (operationName: string) => {
    const body = JSON.stringify({ query, operationName })
    const headers = { 'content-type': 'application/json' }
    return (await fetch(`${app.url}/graphql`, { method: 'POST', headers, body })).text()
  }
  for (let i = 0; i < 4; i += 1) {
    expect(await asked('A')).toBe('{"data":{"authSettings":{"registrationOpen":true}}}\n')
    expect(await asked('B')).toBe('{"data":{"authSettings":{"registrationOpen":true}}}\n')
  }
})

it('introspection by fragments within fragments takes no longer the second time', async () => {
  const spreads = Array.from(
    { length: 24 },
    (_, i) => `fragment F${i} on __Type { ...F${i + 1} ...F${i + 1} }`,
  )
  const query = `{ __schema { types { ...F0 } } } ${spreads.join(' ')} fragment F24 on __Type { name }`
  const compiled = await compiledBy(async () => {
    for (let i = 0; i < 3; i += 1) expect((await call(app, query, {})).errors).toEqual([])
  })
  expect(compiled).toBe(0)
})
