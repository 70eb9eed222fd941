// An attacker must not learn the schema by introspection, nor by guessing names and reading suggestions (clairvoyance;
// OWASP GraphQL Cheat Sheet, "Introspection + GraphiQL").
import { getIntrospectionQuery } from 'graphql'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { call, parseResponse } from '../support/app/client.js'

const production = { NODE_ENV: 'production', PUBLIC_URL: 'https://auth.example.com' }
const apps = [
  ['development', true, await startApp()],
  ['development with INTROSPECTION=off', false, await startApp({ env: { INTROSPECTION: 'off' } })],
  ['production', false, await startApp({ env: production })],
  [
    'production with INTROSPECTION=on',
    true,
    await startApp({ env: { ...production, INTROSPECTION: 'on' } }),
  ],
] as const
afterAll(() => Promise.all(apps.map(([, , app]) => app.close())))

const login = 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }'
const loginVia = (value: string) =>
  `mutation { login(input: { email: "a", password: "b", refreshTokenTransport: ${value} }) { __typename } }`
const person = { email: 'ana@example.com', password: 'correct horse battery' }

/** A near miss, the correct name, and whether the error suggests it if suggestions are on. */
const nearMisses: [string, string, string, boolean, object?][] = [
  ['a field of the root', '{ authSetting { registrationOpen } }', 'authSettings', true],
  ['a field', '{ authSettings { registrationOpe } }', 'registrationOpen', true],
  ['a field of one type', 'mutation { refresh { accessToken } }', 'AuthPayload', true],
  ['an argument', '{ me { sessions(firs: 1) { totalCount } } }', 'first', true],
  ['the type of a variable', 'query ($a: LoginInpt) { me { id } }', 'LoginInput', true],
  ['the type of a fragment', '{ me { ... on Usr { id } } }', 'User', true],
  ['no selection', '{ me }', 'me { ... }', true],
  [
    'an input field',
    `mutation { login(input: { emai: "a", email: "b", password: "c" }) { __typename } }`,
    'email',
    true,
  ],
  ['a required field', 'mutation { login(input: {}) { __typename } }', 'email', false],
  ['an enum value', loginVia('COOKI'), 'COOKIE', false],
  ['an enum value as a string', loginVia('"COOKIE"'), 'BODY', false],
  ['a directive', '{ me @includ(if: true) { id } }', 'include', false],
  ['an input field of a variable', login, 'email', false, { emai: 'a', password: 'b' }],
  [
    'an enum value of a variable',
    login,
    'COOKIE',
    false,
    { ...person, refreshTokenTransport: 'COOKI' },
  ],
]

describe.each(apps)('in %s', (_, isOn, app) => {
  it.each([
    ['introspection', getIntrospectionQuery()],
    ['a type', '{ __type(name: "LoginInput") { inputFields { name } } }'],
    [
      'introspection in a fragment',
      '{ ...S } fragment S on Query { s: __schema { types { name } } }',
    ],
    ['introspection next to other fields', '{ __typename __schema { queryType { name } } }'],
  ])(`${isOn ? 'answers' : 'refuses'} %s, by POST and GET`, async (__, query) => {
    const search = new URLSearchParams({ query }).toString()
    const byPost = await call(app, query, {})
    const byGet = await parseResponse(await fetch(`${app.url}/graphql?${search}`))
    for (const { status, errors, data } of [byPost, byGet]) {
      expect({ status, isSuggested: Boolean(data) }).toEqual({
        status: isOn ? 200 : 400,
        isSuggested: isOn,
      })
      expect(errors.length > 0).toBe(!isOn)
    }
    if (!isOn) expect(byPost.text + byGet.text).not.toMatch(/RefreshTokenTransport|"Query"/)
  })

  it.each(nearMisses)(
    'a near miss is refused: %s',
    async (__, query, expectedName, isSuggested, input) => {
      const { status, text, errors } = await call(app, query, input ? { input } : {})
      expect(status).toBe(400)
      expect(errors[0]?.extensions['code']).toMatch(/^(GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT)$/)
      expect(/did you mean/i.test(text)).toBe(isOn && isSuggested)
      expect(errors[0]?.message.includes(expectedName)).toBe(isOn && isSuggested)
    },
  )

  it('a list of guesses reveals no name that it did not contain', async () => {
    const guesses = [
      'm',
      'mee',
      'user',
      'setting',
      'authSetting',
      'session',
      'sessionss',
      'registr',
    ]
    const before = app.logLines.length
    for (const guess of guesses) {
      for (const query of [`{ ${guess} { id } }`, `{ me { ${guess} } }`, `mutation { ${guess} }`]) {
        const { status, text } = await call(app, query, {})
        expect(status).toBe(400)
        if (!isOn) expect(text).not.toMatch(/authSettings|sessions\b|register/)
      }
    }
    expect(app.logLines.length).toBeGreaterThan(before)
  })
})

it.each(apps.slice(2))('browsers get no page in %s', async (_, __, app) => {
  for (const path of ['/graphql', '/graphql?query={__typename}', '/graphiql/graphiql.min.js']) {
    const response = await fetch(app.url + path, { headers: { accept: 'text/html' } })
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await response.text()).not.toMatch(/graphiql|<html/i)
  }
})
