// Every response forbids caching, framing and content-type guessing. This holds for routes, for framework errors
// without a route, and for connections without valid HTTP.
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { createHttpServer } from '../../src/platform/http/server.js'
import { createLogger } from '../../src/platform/observability/logger.js'
import { serveMetrics } from '../../src/platform/observability/metrics-server.js'
import { startApp } from '../support/app/app.js'
import { rawQuery, sendRaw } from '../support/app/raw-http.js'
import { pathsOf } from '../support/app/routes.js'
import { freePort } from '../support/processes/server-process.js'

const requiredHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
}

type Headers = Readonly<Record<string, unknown>>

/** Pages have a policy of their own with the same beginning. Responses that may be cached say so. */
function expectSecured(headers: Headers, where: string) {
  for (const [name, value] of Object.entries(requiredHeaders)) {
    const given = String(headers[name])
    if (name === 'content-security-policy') expect(given, where).toMatch(/^default-src 'none'(;|$)/)
    else if (name === 'cache-control') {
      expect(given, where).toMatch(/^(no-store|public, (no-cache|max-age=\d+))$/)
    } else expect(given, `${where}: ${name}`).toBe(value)
  }
  expect(headers, where).not.toHaveProperty('x-powered-by')
  expect(headers, where).not.toHaveProperty('server')
  expect(headers, where).not.toHaveProperty('strict-transport-security')
}

const app = await startApp()
afterAll(app.close)

async function headersOf(method: string, path: string, headers: Record<string, string> = {}) {
  const { port } = new URL(app.url)
  const sent = request({ method, path, port, host: '127.0.0.1', headers }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return { status: response.statusCode, headers: response.headers }
}

/** The headers of the last response in these bytes. */
function parseRaw(text: string) {
  const start = text.lastIndexOf('HTTP/1.1 ')
  const [head = ''] = text.slice(start).split('\r\n\r\n')
  const [status = '', ...lines] = head.split('\r\n')
  const pairs = lines.map((line) => /^(.*?): (.*)$/.exec(line) ?? [])
  const headers = Object.fromEntries(
    pairs.map(([, name = '', value]) => [name.toLowerCase(), value]),
  )
  return { status: Number(status.split(' ')[1]), headers }
}

describe('every route, by every method', () => {
  const paths = pathsOf(app)
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']

  it('the table contains the routes of the server', () => {
    expect(paths).toEqual(expect.arrayContaining(['/graphql', '/healthz', '/dev/mail/x/html']))
  })

  test.each(paths)('%s', async (path) => {
    for (const method of methods) {
      const { headers } = await headersOf(method, path)
      expectSecured(headers, `${method} ${path}`)
    }
  })
})

describe('unknown routes and refusals', () => {
  const big = rawQuery(`host: x\r\n`).replace(/length: \d+/, 'length: 200000')
  const raw: [string, number, string][] = [
    ['no Host', 400, rawQuery('')],
    ['no request line', 400, 'garbage\r\n\r\n'],
    ['a NUL', 400, rawQuery('host: a\0b\r\n')],
    ['TLS', 400, '\x16\x03\x01\x00\xf4\x01\x00\x00'],
    ['too long headers', 431, rawQuery(`host: x\r\nx: ${'a'.repeat(20_000)}\r\n`)],
    ['an expectation', 417, rawQuery('host: x\r\nexpect: a miracle\r\n')],
    ['100-continue', 200, rawQuery('host: x\r\nexpect: 100-continue\r\n')],
    ['too large a body', 413, big],
    ['another type', 415, rawQuery('host: x\r\n').replace('/json', '/xml')],
    ['invalid JSON', 400, rawQuery('host: x\r\n').replace('{"query"', '["query"')],
    ['an invalid path', 404, 'GET /% HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    [
      'a long parameter',
      404,
      `GET /dev/mail/${'a'.repeat(300)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`,
    ],
    ['OPTIONS *', 204, 'OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    ['HTTP/1.0', 200, 'GET /healthz HTTP/1.0\r\n\r\n'],
  ]

  test.each(raw)('%s: %d', async (where, status, text) => {
    const answer = parseRaw(await sendRaw(app, text))
    expect(answer.status).toBe(status)
    expectSecured(answer.headers, where)
  })

  it('a request that takes too long: 408', async () => {
    const { port } = new URL(app.url)
    const arrived = once(app.app.server.server, 'connection')
    const client = connect(Number(port), '127.0.0.1').setEncoding('latin1')
    const [socket] = (await arrived) as [Socket]
    // Node reports this error after 30 s.
    const error = Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
    app.app.server.server.emit('clientError', error, socket)
    const [answer] = (await once(client, 'data')) as [string]
    expect(parseRaw(answer).status).toBe(408)
    expectSecured(parseRaw(answer).headers, '408')
  })

  it('pages for developers', async () => {
    const html = await headersOf('GET', '/graphql', { accept: 'text/html' })
    expect(html.headers['content-type']).toMatch(/^text\/html/)
    expectSecured(html.headers, 'GraphiQL')
    const mail = await headersOf('GET', '/dev/mail', { host: 'localhost' })
    expect(mail.headers['content-type']).toMatch(/^text\/html/)
    expectSecured(mail.headers, 'mail')
    expectSecured((await headersOf('GET', '/graphiql/page.css')).headers, 'assets')
  })

  it('preflights, granted or not', async () => {
    for (const origin of ['https://app.example.com', 'https://evil.example']) {
      const asked = { origin, 'access-control-request-method': 'POST' }
      expectSecured((await headersOf('OPTIONS', '/graphql', asked)).headers, origin)
    }
  })
})

it('the metrics server has them as well, also for requests that are not HTTP', async () => {
  const port = await freePort()
  const measuring = { contentType: 'text/plain', metrics: () => Promise.resolve('') }
  const failing = { contentType: 'text/plain', metrics: () => Promise.reject(new Error()) }
  const requests = ['GET /metrics', 'GET /x', 'POST /metrics', 'HEAD /metrics', 'GET /%']
  for (const served of [measuring, failing]) {
    const metrics = await serveMetrics(served, { host: '127.0.0.1', port })
    const url = `http://127.0.0.1:${port}`
    const texts = requests.map((line) => `${line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    const noHost = 'GET /metrics HTTP/1.1\r\nconnection: close\r\n\r\n'
    for (const text of [...texts, noHost, 'garbage\r\n\r\n']) {
      expectSecured(parseRaw(await sendRaw({ url }, text)).headers, text)
    }
    await metrics.close()
  }
})

// Fastify serves the second address of localhost with a second server. Some machines have one address only.
it('every address of HOST=localhost has them', async () => {
  const options = { publicUrl: 'http://localhost', corsOrigins: [], trustedProxies: 0 }
  const server = await createHttpServer({ ...options, log: createLogger('silent') }, [])
  onTestFinished(() => server.close())
  await server.listen({ host: 'localhost', port: 0 })
  for (const { address, family, port } of server.addresses() as AddressInfo[]) {
    const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
    expectSecured(parseRaw(await sendRaw({ url }, 'garbage\r\n\r\n')).headers, url)
  }
})
