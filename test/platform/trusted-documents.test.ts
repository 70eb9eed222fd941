import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { call, goodPassword, newEmail, post } from '../support/app/client.js'
import { trackChanges } from '../support/database/track-changes.js'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

let files = 0
/** Writes a file and returns its path. */
function writeDocumentsFile(content: unknown) {
  const path = join(folder, `${(files += 1)}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const settings = 'query Settings { authSettings { registrationOpen } }'
const register =
  'mutation Register($input: RegisterInput!) { register(input: $input) { __typename } }'
const invalid = 'query Old { authSettings { registrationIsOpen } }'
const trusted = [settings, register, invalid]
const byHash = (query: string) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash: sha256(query) } },
})

const startTrusting = (content: unknown) =>
  startApp({ env: { TRUSTED_DOCUMENTS: writeDocumentsFile(content) } })
const shapes = [
  ['hashes', await startTrusting(trusted.map(sha256)), false],
  [
    'documents by hash',
    await startTrusting(Object.fromEntries(trusted.map((text) => [sha256(text), text]))),
    true,
  ],
  [
    'a manifest of Apollo’s',
    await startTrusting({
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: trusted.map((body) => ({ id: sha256(body), name: 'x', type: 'query', body })),
    }),
    true,
  ],
] as const
afterAll(() => Promise.all(shapes.map(([, app]) => app.close())))

describe.each(shapes)('with a file of %s', (_, app, hasTexts) => {
  const send = (body: object) => post(app, JSON.stringify(body))

  it('trusted documents run', async () => {
    const { data } = await call(app, settings, {})
    expect(data).toEqual({ authSettings: { registrationOpen: true } })
    const input = { email: newEmail(), password: goodPassword }
    expect((await call(app, register, { input })).data).toMatchObject({
      register: { __typename: 'AuthPayload' },
    })
    const search = new URLSearchParams({ query: settings }).toString()
    expect((await fetch(`${app.url}/graphql?${search}`)).status).toBe(200)
  })

  it(`by the hash alone they ${hasTexts ? 'run' : 'are not found'}`, async () => {
    const { data, errors } = await send(byHash(settings))
    if (hasTexts) expect(data).toEqual({ authSettings: { registrationOpen: true } })
    else expect(errors).toMatchObject([{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }])
    expect((await send({ query: settings, ...byHash(settings) })).errors).toEqual([])
    expect((await send(byHash('{ __typename }'))).errors).toMatchObject([
      { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
    ])
  })

  it.each([
    ['one space more', `${settings} `],
    ['one space less', settings.replace(' }', '}')],
    ['a comment', `${settings}# `],
    ['another name', settings.replace('Settings', 'Settingz')],
    ['introspection', '{ __schema { types { name } } }'],
    ['both together', `${settings} ${register}`],
    ['several operations', 'query A { __typename } query B { me { id } }'],
    ['an unknown field', '{ authSetting { registrationOpe } }'],
    ['ten unknown fields', `{ ${'authSetting { a } '.repeat(10)} }`],
    ['unknown names in fragments first', 'fragment F on Usr { a b c d e f } { ...F ...G ...H @x }'],
    ['ten definitions of types', 'type A { a: Int } '.repeat(10)],
    ['more than the limits allow', `{ ${'__typename '.repeat(30)} }`],
    ['an unknown variable', 'query ($a: LoginInpt!) { me { id } }'],
  ])('another document is refused without any detail: %s', async (name, query) => {
    for (const body of [{ query }, { query, ...byHash(query) }]) {
      const { status, errors, text } = await send(body)
      expect({ name, status, errors }).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: 'QUERY_NOT_IN_SAFELIST' } }],
      })
      expect(errors).toHaveLength(1)
      expect(text).not.toMatch(/Did you mean|authSettings|LoginInput|User|Cannot query/)
    }
    // The refused document was not registered as a persisted query.
    expect((await send(byHash(query))).errors).toMatchObject([
      { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
    ])
  })

  it('a document that cannot be parsed is refused without details of the schema', async () => {
    const { status, errors } = await call(app, '{ authSetting ', {})
    expect({ status, told: errors.map(({ message }) => message) }).toEqual({
      status: 400,
      told: ['Syntax Error: Expected Name, found <EOF>.'],
    })
  })

  it('a mutation that is not trusted changes nothing', async () => {
    const input = { email: newEmail(), password: goodPassword }
    const { result, touched } = await trackChanges(app, () =>
      call(app, register.replace('__typename', '... on AuthPayload { tokenType }'), { input }),
    )
    expect(result.errors).toMatchObject([{ extensions: { code: 'QUERY_NOT_IN_SAFELIST' } }])
    expect(touched).toEqual([])
  })

  it('a trusted document that no longer fits the schema gets the validation errors', async () => {
    const { status, errors } = await call(app, invalid, {})
    expect({ status, errors }).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    })
  })
})

describe('a wrong file stops the start with an error that names the problem', () => {
  const text = '{ __typename }'
  const wrong = sha256(`${text} `)
  it.each<[string, string, RegExp]>([
    ['missing', join(folder, 'nowhere.json'), /nowhere\.json cannot be read as JSON/],
    ['not JSON', writeDocumentsFile('{ "a": '), /cannot be read as JSON/],
    ['an empty array', writeDocumentsFile([]), /has no document/],
    [
      'of documents instead of hashes',
      writeDocumentsFile([text]),
      /must be a JSON array of SHA-256 hashes/,
    ],
    [
      'of a wrong hash',
      writeDocumentsFile({ [wrong]: text }),
      /is not the SHA-256 of its document/,
    ],
    [
      'a manifest with a wrong hash',
      writeDocumentsFile({ operations: [{ id: wrong, body: text }] }),
      /is not the SHA-256 of its document/,
    ],
  ])('%s', async (_, path, message) => {
    const { target } = shapes[0][1]
    const failure = await startApp({ target, env: { TRUSTED_DOCUMENTS: path } }).then(
      ({ close }) => close(),
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ name: 'StartupError' })
    const errorMessage = (failure as Error).message
    expect(errorMessage).toMatch(/^TRUSTED_DOCUMENTS: /)
    expect(errorMessage).toMatch(message)
  })
})
