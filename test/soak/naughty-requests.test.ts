// Sends the Big List of Naughty Strings (see naughty-strings.test.ts) in every other part of a request: the document,
// its accompanying parameters, and the headers. The service stores the client's address and user agent from the
// headers.
import { isIP } from 'node:net'
import { afterAll, describe, expect, it, test } from 'vitest'
import { startApp } from '../support/app/app.js'
import { newEmail, post } from '../support/app/client.js'
import {
  expectAnswered,
  expectHealthy,
  expectNothingWritten,
  mapInChunks,
  naughty,
} from '../support/hostile/naughty-strings.js'
import { sendRaw } from '../support/app/raw-http.js'

const app = await startApp({ env: { TRUST_PROXY: '1', RATE_LIMIT_FACTOR: '1000' } })
afterAll(app.close)

const settingsQuery = '{ authSettings { passwordMinLength } }'

test.each<[string, (string: string) => unknown]>([
  ['the operation’s name', (string) => ({ query: settingsQuery, operationName: string })],
  ['the document', (string) => ({ query: string })],
  ['a string in the document', (string) => ({ query: literal(JSON.stringify(string)) })],
  ['a block string', (string) => ({ query: literal(`"""${string}"""`) })],
  ['a bare word in the document', (string) => ({ query: literal(string) })],
  ['a comment in the document', (string) => ({ query: `${settingsQuery} # ${string}` })],
  ['a variable’s name', (string) => ({ query: settingsQuery, variables: { [string]: string } })],
  ['the variables', (string) => ({ query: settingsQuery, variables: string })],
  ['an extension', (string) => ({ query: settingsQuery, extensions: { [string]: string } })],
  ['a persisted query', (string) => ({ extensions: persisted(string) })],
  ['the body', (string) => string],
])('are answered as %s', async (_, body) => {
  await expectNothingWritten(app, () =>
    mapInChunks(naughty, async (string) => {
      expectAnswered(await post(app, JSON.stringify(body(string))), string)
    }),
  )
  await expectHealthy(app)
})

const literal = (text: string) =>
  `mutation { logout(input: { refreshToken: ${text} }) { sessionId } }`
const persisted = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } })

describe('in a header', () => {
  const login = (string: string) =>
    `mutation { login(input: { email: "${newEmail()}", password: ${JSON.stringify(string)} }) { __typename } }`
  const me = () => '{ me { id } }'
  const refresh = () => 'mutation { refresh { ... on AuthError { code } } }'

  /** Sends raw bytes, because `fetch` sends none beyond Latin-1. */
  async function send(header: string, string: string, query: string) {
    const body = Buffer.from(JSON.stringify({ query })).toString('latin1')
    const value = Buffer.from(string.replace(/[\r\n]/g, ' ')).toString('latin1')
    return sendRaw(
      app,
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\n${header}${value}\r\ncontent-type: application/json\r\n` +
        `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    )
  }

  test.each<[string, readonly string[], (string: string) => string]>([
    ['authorization: Bearer ', naughty, me],
    ['authorization: ', naughty, me],
    ['cookie: latchkey-refresh=', naughty, refresh],
    ['cookie: ', naughty, refresh],
    ['origin: ', naughty, refresh],
    ['x-forwarded-for: ', naughty, login],
    ['user-agent: ', naughty, login],
    ['x-request-id: ', naughty, me],
    ['accept: ', naughty, me],
  ])('they are answered: %s', async (header, strings, query) => {
    await expectNothingWritten(app, () =>
      mapInChunks(strings, async (string) => {
        const answer = await send(header, string, query(string))
        const message = `${JSON.stringify(string)}: ${answer}`
        expect(answer, message).toMatch(/^HTTP\/1\.1 (200|400|406) /)
        expect(answer, message).not.toMatch(/INTERNAL_SERVER_ERROR|SERVICE_BUSY|RATE_LIMITED/)
      }),
    )
    await expectHealthy(app)
  })
})

it('stored strings can be shown', async () => {
  const events = await app.db.auditEvent.findMany()
  expect(events.length).toBeGreaterThan(150)
  for (const { ipAddress, userAgent } of events) {
    expect(isIP(ipAddress ?? '')).toBeGreaterThan(0)
    expect(userAgent ?? '').toMatch(/^[ -~\u00a0-\u00ff]{0,300}$/)
  }
  expect(new Set(events.map(({ userAgent }) => userAgent)).size).toBeGreaterThan(50)
})
