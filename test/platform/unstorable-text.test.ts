import { print } from 'graphql'
import { afterAll, describe, expect, it, test } from 'vitest'
import {
  LoginDocument,
  LogoutDocument,
  MySessionsDocument,
  RefreshDocument,
  RegisterDocument,
} from '../../src/generated/operations.js'
import { startApp } from '../support/app.js'
import { call, goodPassword, registerPerson } from '../support/client.js'
import { watch } from '../support/watch.js'

const app = await startApp()
afterAll(app.close)
const person = await registerPerson(app)

// PostgreSQL cannot store NUL, and UTF-8 cannot say a lone surrogate: each would become U+FFFD, and two
// passwords one.
const unstorable = ['\0', 'a\0b', '\ud800', 'a\udfffb', '\udc00\ud800']
const account = { email: 'ana@example.com', password: goodPassword }

async function expectRefused(document: string, variables: object) {
  const { result, touched } = await watch(app, () =>
    call(app, document, variables, { token: person.accessToken }),
  )
  expect(result.status).toBe(400)
  expect(result.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  expect(result.data).toBeUndefined()
  expect(touched).toEqual([])
}

describe('NUL and ill-formed UTF-16 are BAD_USER_INPUT, and nothing is written', () => {
  const inputs: [string, string, object, string[]][] = [
    [
      'register',
      print(RegisterDocument),
      account,
      ['email', 'password', 'username', 'name', 'locale', 'deviceName'],
    ],
    ['login', print(LoginDocument), account, ['email', 'password', 'deviceName']],
    ['refresh', print(RefreshDocument), {}, ['refreshToken']],
    ['logout', print(LogoutDocument), {}, ['refreshToken']],
  ]
  const rows = inputs.flatMap(([name, document, input, fields]) =>
    fields.map((field) => [name, field, document, input] as const),
  )

  test.each(rows)('in the variables: %s, %s', async (_, field, document, input) => {
    for (const text of unstorable) {
      await expectRefused(document, { input: { ...input, [field]: text } })
    }
  })

  it('in the variables: a cursor, a variable that is not used, a name', async () => {
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
    ['a NUL as it is', login('"a\0b"')],
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
    ['a pair the wrong way round', login('"\\udc00\\ud800"')],
    ['a surrogate as it is', login('"a\ud800b"')],
    ['a surrogate in a block string', login('"""\udfff"""')],
  ])('and lone surrogates in the document are no GraphQL: %s', async (_, query) => {
    const { result, touched } = await watch(app, () => call(app, query, {}))
    expect(result.status).toBe(400)
    expect(result.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }])
    expect(touched).toEqual([])
  })
})

it('pairs of surrogates are letters like others', async () => {
  const input = { email: 'emoji@example.com', password: '🐘🦒🦓🦏🦛🐪🐫🦙', name: '🐘' }
  const { data } = await call(app, RegisterDocument, { input })
  expect(data?.register).toMatchObject({ user: { name: '🐘' } })
})
