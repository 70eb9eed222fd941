// A small document can ask for much: by aliases, batches, directives, fragments within fragments, depth, lists of
// lists, or by the errors that it provokes (OWASP GraphQL Cheat Sheet, "DoS Prevention"; CVE-2022-37734,
// CVE-2023-26144, CVE-2024-40094, CVE-2024-50312). Each request of the table is answered, quickly and briefly, and
// nothing is left of it. The twelve checks of graphql-cop and those of BatchQL are among them.
import { afterAll, describe, expect, it } from 'vitest'
import { createSchema } from '../../src/compose/schema.js'
import { startApp } from '../support/app/app.js'
import { call } from '../support/app/client.js'
import { TestClock } from '../support/app/clock.js'
import { costlyDocuments, findLargestAllowed } from '../support/hostile/costly-documents.js'
import { sendAttack, hostileRequests } from '../support/hostile/hostile-documents.js'
import { createLargeAccount } from '../support/database/large-account.js'
import { readAllRows } from '../support/database/all-rows.js'

/** Stands still: the minute in which a session was last used is no trace of an attack. */
class FrozenClock extends TestClock {
  readonly #start = super.now()
  override now() {
    return this.#start
  }
}

const development = await startApp({ clock: new FrozenClock() })
const production = await startApp({
  clock: new FrozenClock(),
  env: { NODE_ENV: 'production', PUBLIC_URL: 'https://auth.example.com' },
})
afterAll(() => Promise.all([development.close(), production.close()]))

const maxCharacters = 32 * 1_024
// What a person owns may be long, and asked for often.
const maxOwnCharacters = 1_024 * 1_024
const maxDurationMs = 2_500 // a guard against hanging; test/alone/document-cost.test.ts measures

const costlyCases = costlyDocuments(await createSchema(), 'all fields together')

describe.each([
  ['in development', development, await createLargeAccount(development)],
  ['in production', production, await createLargeAccount(production)],
])('%s', (_, app, { accessToken }) => {
  const before = readAllRows(app)

  it.each(hostileRequests)('$name: $status $code', async (request) => {
    const { took, status, type, text, code } = await sendAttack(app, request)
    expect({ status, code, type }).toEqual({
      status: request.status,
      code: request.code,
      type: 'application/json; charset=utf-8',
    })
    expect(took).toBeLessThan(maxDurationMs)
    expect(text.length).toBeLessThan(maxCharacters)
    expect((await call(app, '{ __typename }', {})).text).toBe('{"data":{"__typename":"Query"}}\n')
  })

  it.each(hostileRequests)('signed in, $name', async (request) => {
    const { took, status, text, code } = await sendAttack(app, request, accessToken)
    const expected = request.code === 'UNAUTHENTICATED' ? null : request.code
    expect({ status, code }).toEqual({ status: request.status, code: expected })
    expect(took).toBeLessThan(maxDurationMs)
    expect(text.length).toBeLessThan(maxCharacters)
  })

  it.each(costlyCases)('signed in, %s', async (__, document) => {
    const query = await findLargestAllowed(app, document)
    const start = performance.now()
    const { status, errors, text } = await call(app, query, {}, { token: accessToken })
    expect({ status, errors }).toEqual({ status: 200, errors: [] })
    expect(performance.now() - start).toBeLessThan(maxDurationMs)
    expect(text.length).toBeLessThan(maxOwnCharacters)
  })

  it('nothing was written, and nothing went wrong inside', async () => {
    expect(await readAllRows(app)).toEqual(await before)
    const levels = app.logLines.map((line) => (JSON.parse(line) as { level: string }).level)
    expect(levels).toContain('info')
    expect(levels.filter((level) => level === 'error' || level === 'fatal')).toEqual([])
  })

  it('graphql-cop: trace mode. No header has the server tell how it worked', async () => {
    const headers = { 'apollo-federation-include-trace': 'ftv1', 'x-apollo-tracing': '1' }
    const { text } = await call(app, 'query cop { __typename }', {}, { headers })
    expect(text).toBe('{"data":{"__typename":"Query"}}\n')
    const wrong = await call(app, 'query cop { me { __typename } }', {}, { headers })
    expect(Object.keys(wrong.errors[0]?.extensions ?? {}).sort()).toEqual(['code', 'reason'])
  })
})

// What is meant for people at work on a client is there in development, and in production it is not.
const developerPages = [
  ['in development', development, true],
  ['in production', production, false],
] as const

describe.each(developerPages)('for people, %s', (_, app, shown) => {
  it('graphql-cop: introspection', async () => {
    const query = 'query cop { __schema { types { name fields { name } } } }'
    const { status, text } = await call(app, query, {})
    expect({ status, told: text.includes('AuthPayload') }).toEqual({
      status: shown ? 200 : 400,
      told: shown,
    })
  })

  it.each(['query cop { __schema { directive } }', 'query cop { m { id } }'])(
    'graphql-cop, BatchQL: field suggestions (%s)',
    async (query) => {
      const { status, text } = await call(app, query, {})
      expect({ status, told: text.includes('Did you mean') }).toEqual({ status: 400, told: shown })
    },
  )

  it.each(['/graphql', '/graphiql', '/graphiql/', '/playground', '/console', '/'])(
    'graphql-cop: GraphiQL at %s',
    async (path) => {
      const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
      const response = await fetch(app.url + path, { headers })
      const page = /<html|graphiql|playground/i.test(await response.text())
      expect({ ok: response.ok, page }).toEqual(
        shown && path === '/graphql' ? { ok: true, page: true } : { ok: false, page: false },
      )
    },
  )
})
