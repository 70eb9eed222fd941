import { print } from 'graphql'
import { afterAll, describe, expect, it, test } from 'vitest'
import { MySessionsDocument, RegisterDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { call, goodPassword, newEmail, registerPerson } from '../support/app/client.js'
import { addPasskey, beginLogin } from '../support/app/passkeys.js'
import { inputPositions } from '../support/hostile/input-positions.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)
const person = await registerPerson(app)

// PostgreSQL cannot store NUL, and UTF-8 cannot encode a lone surrogate. Each would become U+FFFD, and two passwords
// would become equal.
const unstorable = ['\0', 'a\0b', '\ud800', 'a\udfffb', '\udc00\ud800']
const textTypes = new Set(['String', 'ID', 'EmailAddress', 'URL'])
const account = { email: 'ana@example.com', password: goodPassword }

async function expectRefused(document: string, ...each: object[]) {
  const { result, touched } = await trackChanges(app, () =>
    Promise.all(
      each.map((variables) => call(app, document, variables, { token: person.accessToken })),
    ),
  )
  for (const { status, errors, data } of result) {
    expect(status).toBe(400)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(data).toBeUndefined()
  }
  expect(touched).toEqual([])
}

describe('NUL and ill-formed UTF-16 are BAD_USER_INPUT, and nothing is written', () => {
  // A label and a hint are cleaned instead.
  const rows = inputPositions()
    .filter(({ type, name }) => textTypes.has(type) && !/\.(?:deviceName|locale)$/.test(name))
    .map((position) => [position.name, position] as const)

  it('the tested positions are those of the schema', () => {
    const names = rows.map(([name]) => name)
    expect(names).toEqual(expect.arrayContaining(['login.input.password', 'register.input.name']))
  })

  test.each(rows)('in the variables: %s', async (_, { document, variables }) => {
    await expectRefused(document, ...unstorable.map((text) => variables(text, account)))
  })

  it('in the variables: a cursor, an unused variable, a name', async () => {
    for (const text of unstorable) {
      await expectRefused(print(MySessionsDocument), { after: text })
      await expectRefused('{ me { id } }', { unused: [{ deep: text }] })
    }
    await expectRefused('{ me { id } }', { 'a\ud800': 1 })
  })

  const login = (literal: string) =>
    `mutation { login(input: { email: "ana@example.com", password: ${literal} }) { __typename } }`

  test.each([
    ['an escape', login('"a\\u0000b"')],
    ['an escape in braces', login('"a\\u{0}b"')],
    ['a raw NUL', login('"a\0b"')],
    ['a NUL in a block string', login('"""a\0b"""')],
    [
      'a default value',
      'query ($after: String = "\\u0000") { me { sessions(after: $after) { totalCount } } }',
    ],
  ])('in the document: %s', async (_, query) => {
    await expectRefused(query, {})
  })

  test.each([
    ['an escape', login('"\\ud800"')],
    ['an escape in braces', login('"\\u{d800}"')],
    ['a reversed pair', login('"\\udc00\\ud800"')],
    ['a raw surrogate', login('"a\ud800b"')],
    ['a surrogate in a block string', login('"""\udfff"""')],
  ])('lone surrogates in the document are a syntax error: %s', async (_, query) => {
    const { result, touched } = await trackChanges(app, () => call(app, query, {}))
    expect(result.status).toBe(400)
    expect(result.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }])
    expect(touched).toEqual([])
  })
})

it('surrogate pairs are valid characters', async () => {
  const input = { email: 'emoji@example.com', password: '🐘🦒🦓🦏🦛🐪🐫🦙', name: '🐘' }
  const { data } = await call(app, RegisterDocument, { input })
  expect(data?.register).toMatchObject({ user: { name: '🐘' } })
})

describe('a label is cleaned, and does not cause a refused sign-in', () => {
  const { email, password } = person
  const document = (input: string, variables = '') =>
    `mutation ${variables} {
      login(input: ${input}) { ... on AuthPayload { session { deviceName } } }
    }`
  const byVariable = document('$input', '($input: LoginInput!)')
  const nameOf = ({ data }: { data: unknown }) =>
    (data as { login: { session: { deviceName: string | null } } }).login.session.deviceName

  test.each([
    ['Ana\ud83d', 'Ana'],
    ['\udcf1Ana’s \ud83d\udcf1', 'Ana’s \ud83d\udcf1'],
    ['Ana\0s\0 phone', 'Anas phone'],
    ['\0', null],
    ['\ud800', null],
    [`${'x'.repeat(399)}📱`, 'x'.repeat(100)],
  ])('%j becomes %j', async (deviceName, stored) => {
    const answer = await call(app, byVariable, { input: { email, password, deviceName } })
    expect(nameOf(answer)).toBe(stored)
    const rows = await app.db.session.findMany({ orderBy: { id: 'desc' }, take: 1 })
    expect(rows).toMatchObject([{ deviceName: stored }])
  })

  async function passkeyAnswer() {
    const { authenticator } = await addPasskey(app, await registerPerson(app))
    const { challengeToken, options } = await beginLogin(app)
    return { challengeToken, response: authenticator.get(options) }
  }

  const deviceNamePositions = inputPositions().filter(({ name }) => name.endsWith('.deviceName'))
  test.each(deviceNamePositions.map((position) => [position.name, position] as const))(
    'in every position of the schema: %s',
    async (_, { root, document: query, variables }) => {
      const otherValues =
        root === 'finishPasskeyLogin'
          ? await passkeyAnswer()
          : { email: root === 'register' ? newEmail() : email, password }
      const answer = await call(app, query, variables('a\0b\ud83d', otherValues))
      expect(answer.errors).toEqual([])
      expect(answer.text).toContain('"AuthPayload"')
    },
  )

  const literal = (name: string, secret = `"${password}"`) =>
    `{ email: "${email}", password: ${secret}, deviceName: ${name} }`
  const byName = document(literal('$name'), '($name: String)')

  it('also as a literal, or as a separate variable', async () => {
    expect(nameOf(await call(app, document(literal('"a\\u0000b"')), {}))).toBe('ab')
    expect(nameOf(await call(app, byName, { name: 'a\0b\ud800' }))).toBe('ab')
  })

  it('all other fields of the same input stay strict', async () => {
    const input = { email, password }
    await expectRefused(byVariable, { input: { ...input, deviceName: 'x', email: 'a\0' } })
    await expectRefused(byVariable, { input: { ...input, deviceName: ['\0'] } })
    await expectRefused(document(literal('"x"', '"a\\u0000b"')), {})
    await expectRefused(byName, { name: 'x', unused: '\0' })
    const both = document(literal('$name', '$name'), '($name: String!)')
    await expectRefused(both, { name: 'a\0' })
  })
})
