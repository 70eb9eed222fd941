// The document limits must not affect ordinary clients.
import { readFileSync } from 'node:fs'
import { getIntrospectionQuery, Kind, parse, print } from 'graphql'
import { afterAll, describe, expect, it } from 'vitest'
import { documentLimits } from '../../src/platform/graphql/documents/limits.js'
import { measure } from '../../src/platform/graphql/documents/measure.js'
import { startApp } from '../support/app/app.js'
import { call, registerPerson } from '../support/app/client.js'
import { policies } from '../support/app/policies.js'

const takeCredentials = new Set(
  [...policies].flatMap(([name, policy]) => (policy.takesCredentials ? [name] : [])),
)

const app = await startApp()
afterAll(app.close)
const { accessToken: token } = await registerPerson(app)

describe('ordinary documents', () => {
  it.each([
    ['GraphiQL', { schemaDescription: true, inputValueDeprecation: true }],
    [
      'graphql-js, with all there is',
      { specifiedByUrl: true, directiveIsRepeatable: true, oneOf: true },
    ],
    ['graphql-js', {}],
  ])('introspection by %s runs', async (_, options) => {
    const { status, errors, text } = await call(app, getIntrospectionQuery(options), {})
    expect({ status, errors }).toEqual({ status: 200, errors: [] })
    expect(text).toContain('"AuthPayload"')
  })

  const file = new URL('../../packages/client/src/operations.graphql', import.meta.url)
  const { definitions } = parse(readFileSync(file, 'utf8'))
  const fragments = definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
  const operations = definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION)

  it.each(operations.map((operation) => [operation.name?.value, operation]))(
    '%s stays under half of each limit',
    (_, operation) => {
      const document = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] } as const
      parse(print(document), { maxLexicalTokens: documentLimits.tokens / 2 })
      const measures = measure(operation, document, takeCredentials)
      expect(measures.credentialMutations).toBeLessThanOrEqual(1)
      for (const name of ['depth', 'rootFields', 'aliases', 'aliasLength', 'directives'] as const) {
        expect({ name, half: measures[name] * 2 <= documentLimits[name] }).toEqual({
          name,
          half: true,
        })
      }
    },
  )

  it('MySessions with the largest page may occur twice in one request', async () => {
    const used = fragments
      .filter(({ name }) => name.value === 'Device')
      .map(print)
      .join(' ')
    const query = operations
      .filter(({ name }) => name?.value === 'MySessions')
      .map(print)
      .join(' ')
    const [, me = ''] = /(me \{.*\})\s*\}/s.exec(query) ?? []
    const twice = query.replace(me, `a: ${me} b: ${me}`)
    const { status, errors } = await call(app, `${twice} ${used}`, { first: 100 }, { token })
    expect({ status, errors }).toEqual({ status: 200, errors: [] })
  })
})
