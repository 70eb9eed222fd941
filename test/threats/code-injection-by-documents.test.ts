// Text from a client must not become code (CWE-94). Engines that compile documents have had several such bugs. They
// treat strings of a certain form as calls, or lose conditions of fragments that are spread twice. They leave mutations
// unanswered after a null, or take exponential time for introspection by fragments. code-generation.test.ts watches a
// whole server process.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../support/app/app.js'
import { call, registerPerson, type Person } from '../support/app/client.js'
import { countCompiledFunctions } from '../support/app/count-compiled-functions.js'
import { injections } from '../support/hostile/injections.js'

let app: TestApp
let person: Person
beforeAll(async () => {
  app = await startApp({ env: { FEDERATION: 'on' } })
  person = await registerPerson(app)
})
afterAll(() => app.close())

describe('a document that contains code', () => {
  it.each(Object.entries(injections))(
    'in %s is not compiled, and runs nothing',
    async (_, query) => {
      const ask = () => call(app, query, {}, { token: person.accessToken })
      const first = await ask()
      const compiledCount = await countCompiledFunctions(async () => {
        for (let i = 0; i < 3; i += 1) expect((await ask()).text).toBe(first.text)
      })
      expect(compiledCount).toBe(0)
      expect(globalThis).not.toHaveProperty('injected')
    },
  )
})

it('every mutation runs and is answered after a null', async () => {
  const query =
    'mutation ($b: RevokeSessionInput = { sessionId: "x" }) { a: logout { sessionId } b: revokeSession(input: $b) { __typename } }'
  for (let i = 0; i < 4; i += 1) {
    const { data, errors } = await call(app, query, { b: null })
    expect(data).toMatchObject({ a: { sessionId: null } })
    expect(errors).toHaveLength(1)
  }
})

it('variables keep their given values, even under names that objects inherit', async () => {
  const query = 'query ($toString: String) { me { sessions(after: $toString) { totalCount } } }'
  for (let i = 0; i < 4; i += 1) {
    const { data } = await call(app, query, {}, { token: person.accessToken })
    expect(data).toEqual({ me: { sessions: { totalCount: 1 } } })
  }
})

it('operations of one document keep their fields, and fragments that are spread twice', async () => {
  const query = `query A { authSettings { ...F @include(if: false) ...F } }
    query B { authSettings { ...F } } fragment F on AuthSettings { registrationOpen }`
  const send = async (operationName: string) => {
    const body = JSON.stringify({ query, operationName })
    const headers = { 'content-type': 'application/json' }
    return (await fetch(`${app.url}/graphql`, { method: 'POST', headers, body })).text()
  }
  for (let i = 0; i < 4; i += 1) {
    expect(await send('A')).toBe('{"data":{"authSettings":{"registrationOpen":true}}}\n')
    expect(await send('B')).toBe('{"data":{"authSettings":{"registrationOpen":true}}}\n')
  }
})

it('introspection by nested fragments takes no longer the second time', async () => {
  const spreads = Array.from(
    { length: 24 },
    (_, i) => `fragment F${i} on __Type { ...F${i + 1} ...F${i + 1} }`,
  )
  const query = `{ __schema { types { ...F0 } } } ${spreads.join(' ')} fragment F24 on __Type { name }`
  const compiledCount = await countCompiledFunctions(async () => {
    for (let i = 0; i < 3; i += 1) expect((await call(app, query, {})).errors).toEqual([])
  })
  expect(compiledCount).toBe(0)
})
