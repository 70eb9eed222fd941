import { afterAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { startApp } from '../support/app/app.js'
import { rawQuery, sendRaw } from '../support/app/raw-http.js'

const app = await startApp()
afterAll(app.close)

const request = (path: string, init: RequestInit = {}) => fetch(app.url + path, init)

describe('a Host header changes nothing', () => {
  test.each(['', 'a b', 'evil.example', 'u:p@evil', 'x:99999999', '[::1', 'a/../b', '\xff\xfe'])(
    '%j',
    async (host) => {
      const answer = await sendRaw(app, rawQuery(`host: ${host}\r\n`))
      expect(answer).toMatch(
        /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n\{"data":\{"__typename":"Query"\}\}/,
      )
      expect(answer).not.toContain('evil')
    },
  )

  it('nor do two of them, nor an absolute address', async () => {
    expect(await sendRaw(app, rawQuery('host: a\r\nhost: b\r\n'))).toMatch(/^HTTP\/1\.1 200 OK/)
    const absolute = rawQuery('host: a\r\n').replace('/graphql', 'http://evil.example/graphql')
    expect(await sendRaw(app, absolute)).toMatch(/^HTTP\/1\.1 200 OK/)
  })
})

describe('a request that is not HTTP is refused without internal details', () => {
  test.each([
    ['no Host', 400, rawQuery('')],
    ['an unsupported expectation', 417, rawQuery('host: x\r\nexpect: a miracle\r\n')],
    ['a control character', 400, rawQuery('host: a\x01b\r\n')],
    ['NUL', 400, rawQuery('host: a\0b\r\n')],
    ['no request line', 400, 'garbage\r\n\r\n'],
    ['two lengths', 400, rawQuery('host: x\r\ncontent-length: 5\r\n')],
    ['a length and chunks', 400, rawQuery('host: x\r\ntransfer-encoding: chunked\r\n')],
    [
      'a length that is not a number',
      400,
      rawQuery('host: x\r\n').replace(/length: \d+/, 'length: x'),
    ],
    [
      '20 kB of headers',
      431,
      rawQuery(`host: x\r\nauthorization: Bearer ${'a'.repeat(20_000)}\r\n`),
    ],
  ])('%s: %d', async (_, status, text) => {
    const answer = await sendRaw(app, text)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).not.toMatch(/<|node_modules|\.[jt]s:\d|FST_|HPE_|stack/)
  })
})

describe('headers', () => {
  it('ask for https from then on if the service uses https', async () => {
    const secure = await startApp({ env: { PUBLIC_URL: 'https://auth.example.com' } })
    onTestFinished(secure.close)
    const { headers } = await fetch(`${secure.url}/healthz`)
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=31536000/)
  })

  it('give each request a server-made id, which its log entry contains', async () => {
    const mine = { 'x-request-id': 'mine\\n' }
    const ids = await Promise.all(
      [1, 2].map(async () =>
        (await request('/nothing', { headers: mine })).headers.get('x-request-id'),
      ),
    )
    expect(new Set(ids).size).toBe(2)
    expect(ids).not.toContain('mine\\n')
    for (const id of ids)
      expect(app.logLines.filter((line) => line.includes(id ?? '?'))).toHaveLength(1)
  })
})
