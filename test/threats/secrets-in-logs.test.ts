// More people read logs than the database, and logs are kept for longer. A password or token in a log entry is a leak
// that operators hardly notice (OWASP Logging Cheat Sheet, CWE-532). After any request, refusal or failure, at the most
// verbose level, the log contains no password, token, hash or secret. A response never repeats a refused value.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RegisterDocument } from '@latchkey/client/operations'
import { startApp, testSecret } from '../support/app/app.js'
import * as client from '../support/app/client.js'

const app = await startApp({ env: { LOG_LEVEL: 'trace' } })
afterAll(app.close)

const login = 'mutation Login($input: LoginInput!) { login(input: $input) { __typename } }'
const register =
  'mutation Register($input: RegisterInput!) { register(input: $input) { __typename } }'

const refresh =
  'mutation Refresh($input: RefreshInput) { refresh(input: $input) { __typename ... on AuthError { code } } }'

const password = 'hunter2 hunter2 "quoted"'
const secrets = new Map<string, string>([
  ['the password', password],
  ['the password in JSON', JSON.stringify(password).slice(1, -1)],
  ['the password in a URL', encodeURIComponent(password)],
  ['half of the password', 'hunter2'],
  ['AUTH_SECRET', testSecret],
  ['AUTH_SECRET in hex', Buffer.from(testSecret, 'base64').toString('hex')],
])

/** Adds a secret: the whole text, and an unguessable part, which a truncated text contains as well. */
function addSecret(name: string, secret: string) {
  secrets.set(name, secret)
  secrets.set(`a part of ${name}`, secret.slice(-60, -20))
}

let person: client.Person
const answers: string[] = []
beforeAll(async () => {
  const email = client.newEmail()
  const { data } = await client.call(app, RegisterDocument, { input: { email, password } })
  const payload = client.getAuthPayload(data?.register)
  const refreshToken = payload.refreshToken ?? ''
  const { accessToken, user, session } = payload
  const presenceProof = payload.presenceProof ?? ''
  const ids = { id: user.id, sessionId: session.id }
  person = { email, password, ...ids, accessToken, refreshToken, presenceProof }
  addSecret('the access token', accessToken)
  addSecret('the presence proof', presenceProof)
  addSecret('the refresh token', refreshToken)
})

const collectAnswers = async (...requests: Promise<client.Answer<unknown>>[]) => {
  const received = await Promise.all(requests)
  answers.push(...received.map(({ text, headers }) => text + JSON.stringify([...headers])))
  return received
}

/** A raw body with a password or a token in the wrong position. */
const send = (query: string, variables?: unknown, headers?: Record<string, string>) =>
  collectAnswers(
    client.post(app, JSON.stringify({ query, variables, extensions: { password } }), headers),
  )

const failures = new Map<string, () => Promise<unknown>>([
  ['a wrong password', () => send(login, { input: { email: 'a@b.example', password } })],
  [
    'a weak password',
    () => send(register, { input: { email: client.newEmail(), password: 'hunter2' } }),
  ],
  ['a taken address', () => send(register, { input: { email: person.email, password } })],
  ['a bad address', () => send(register, { input: { email: password, password } })],
  [
    'a list for a password',
    () => send(login, { input: { email: 'a@b.example', password: [password] } }),
  ],
  ['an object for one', () => send(login, { input: { email: 'a', password: { password } } })],
  ['an unknown field', () => send(login, { input: { email: 'a', password, [password]: 1 } })],
  ['a text for the input', () => send(login, { input: password })],
  ['NUL', () => send(login, { input: { email: 'a', password: `${password}\0` } })],
  [
    'a literal of another type',
    () => send(`mutation { login(input: ["hunter2"]) { __typename } }`),
  ],
  [
    'a literal and a typo',
    () => send(`mutation { login(input: { pass: "hunter2" }) { __typename } }`),
  ],
  ['broken syntax', () => send(`mutation { login(input: { password: "hunter2" "hunter2`)],
  ['broken JSON', () => collectAnswers(client.post(app, `{"query":"${password}`))],
  [
    'a form',
    () => collectAnswers(client.post(app, `password=hunter2`, { 'content-type': 'text/plain' })),
  ],
  ['a large body', () => collectAnswers(client.post(app, `"${'hunter2'.repeat(20_000)}"`))],
  ['a cut token', () => askWith(person.accessToken.slice(0, -1))],
  [
    'a cut refresh token',
    () => send(refresh, { input: { refreshToken: person.refreshToken.slice(0, -1) } }),
  ],
  [
    'a token in another scheme',
    () => send('{ __typename }', {}, { authorization: `Token ${password}` }),
  ],
  ['a cookie', () => sendCookie(person.refreshToken)],
  ['a cut cookie', () => sendCookie(person.refreshToken.slice(0, -1))],
  ['a cookie that is a password', () => sendCookie(encodeURIComponent(password))],
  ['a refresh token as access token', () => askWith(person.refreshToken)],
  ['secrets in the URL', () => getWithSecrets('/graphql')],
  ['secrets in an unknown URL', () => getWithSecrets(`/${encodeURIComponent(password)}`)],
])

const askWith = (token: string) => send('{ me { id } }', {}, { authorization: `Bearer ${token}` })

/** As a browser sends it to a service without https, where the cookie name has no prefix. */
const sendCookie = (value: string) =>
  send(refresh, {}, { cookie: `latchkey-refresh=${value}`, origin: 'http://localhost:4000' })

function getWithSecrets(path: string) {
  const query = 'query($password: Int) { me { id } }'
  const variables = JSON.stringify({ password, token: person.accessToken })
  const parameters = new URLSearchParams({ query, variables, password, t: person.refreshToken })
  return collectAnswers(
    fetch(`${app.url}${path}?${parameters.toString()}`).then(client.parseResponse),
  )
}

it('reads the cookie that the cases below use', async () => {
  const { accessToken, refreshToken } = await client.signIn(app, person)
  const [answer] = await sendCookie(refreshToken)
  expect(answer?.data).toEqual({ refresh: { __typename: 'AuthPayload' } })
  expect(answer?.headers.get('set-cookie')).toMatch(/^latchkey-refresh=[\w-]{98};/)
  await client.logout(app, null, { token: accessToken })
  answers.splice(0)
})

function expectNoSecret(text: string) {
  for (const [name, secret] of secrets) {
    if (text.includes(secret)) throw new Error(`${name} is there: ${text.slice(0, 20_000)}`)
  }
}

describe('no secret is in the log', () => {
  it('after every operation', async () => {
    const second = await client.signIn(app, person)
    const next = client.getAuthPayload(await client.refresh(app, second.refreshToken))
    await client.me(app, next.accessToken)
    await client.logout(app, next.refreshToken ?? '')
    for (const { accessToken, refreshToken } of [second, next]) {
      addSecret(`access token ${accessToken.slice(-5)}`, accessToken)
      addSecret(`refresh token ${refreshToken?.slice(-5) ?? ''}`, refreshToken ?? '')
    }
    const [{ hash }, { privateJwe }] = await Promise.all([
      app.db.passwordCredential.findFirstOrThrow(),
      app.db.signingKey.findFirstOrThrow(),
    ])
    addSecret('the hash', hash)
    addSecret('the signing key', privateJwe ?? '')
    expect(app.logLines.length).toBeGreaterThan(5)
    expectNoSecret(app.logLines.join(''))
  })

  it.each([...failures.keys()])('nor in an answer after %s', async (name) => {
    const lines = app.logLines.length
    await failures.get(name)?.()
    expect(app.logLines.length).toBeGreaterThan(lines)
    expectNoSecret(app.logLines.slice(lines).join(''))
    expect(answers).not.toEqual([]) // an uncollected answer could not be checked
    expectNoSecret(answers.splice(0).join(''))
  })
})
