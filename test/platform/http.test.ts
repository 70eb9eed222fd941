import { afterAll, describe, expect, it, test } from 'vitest'
import { startApp } from '../support/app/app.js'

const app = await startApp()
afterAll(app.close)

const json = 'application/json'
const query = '{"query":"{ __typename }"}'
const expectedBody = '{"data":{"__typename":"Query"}}\n'

const request = (path: string, init: RequestInit = {}) => fetch(app.url + path, init)
const postAs = (type: string, body: RequestInit['body'] = query) =>
  request('/graphql', { method: 'POST', headers: { 'content-type': type }, body: body ?? null })

/** JSON in the form of GraphQL errors, without internal details. */
async function expectRefusal(response: Response, status: number, code = 'BAD_REQUEST') {
  const text = await response.text()
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  expect(text).not.toMatch(/<|node_modules|\.[jt]s:\d|FST_|stack/)
  expect({ status: response.status, ...(JSON.parse(text) as object) }).toMatchObject({
    status,
    errors: [{ message: expect.any(String) as string, extensions: { code } }],
  })
}

describe('a body that is not a GraphQL request is refused in JSON', () => {
  test.each<[string, number, string | Uint8Array<ArrayBuffer>]>([
    ['malformed JSON', 400, '{"query":'],
    ['JSON with a tail', 400, `${query} x`],
    ['nothing', 400, ''],
    ['a number', 400, '1'],
    ['a string', 400, '"{ __typename }"'],
    ['null', 400, 'null'],
    ['an empty object', 400, '{}'],
    ['a batch', 400, `[${query},${query}]`],
    ['an empty batch', 400, '[]'],
    ['a query that is not a string', 400, '{"query":["{ __typename }"]}'],
    ['variables that are not an object', 400, '{"query":"{ __typename }","variables":"x"}'],
    ['a poisoned prototype', 400, '{"query":"{ __typename }","__proto__":{"a":1}}'],
    [
      'bytes that are not UTF-8',
      400,
      new Uint8Array(Buffer.from(query.replace('}"}', '} #\xff\xfe"}'), 'latin1')),
    ],
    ['UTF-16', 400, new Uint8Array(Buffer.from(query, 'utf16le'))],
    ['100 kB and a byte', 413, query.padEnd(100 * 1_024 + 1)],
    ['5 MB', 413, query.padEnd(5_000_000)],
  ])('%s: %d', async (_, status, body) => {
    await expectRefusal(await postAs(json, body), status)
  })

  it('a body of 100 kB is read', async () => {
    const response = await postAs(json, query.padEnd(100 * 1_024))
    expect(await response.text()).toBe(expectedBody)
  })
})

describe('only application/json in UTF-8 is read', () => {
  test.each([
    'text/plain',
    'text/plain; application/json',
    'text/plain; a=application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'application/jsonp',
    'text/json',
    '*/*',
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'application/json; charset="utf-7"',
    'application/json; charset = utf-7',
    'application/json;CHARSET=ISO-8859-1',
  ])('%s: 415', async (type) => {
    await expectRefusal(await postAs(type), 415)
  })

  test.each([
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON',
    'application/json; profile=x',
  ])('%s', async (type) => {
    expect(await (await postAs(type)).text()).toBe(expectedBody)
  })

  it('a body without a type is refused', async () => {
    const response = await request('/graphql', { method: 'POST', body: new Blob([query]) })
    await expectRefusal(response, 415)
    await expectRefusal(await request('/graphql', { method: 'POST' }), 400)
  })
})

describe('methods and paths', () => {
  test.each(['/', '/nothing', '/graphql/', '/graphql/x', '/.env', '/%', '/%ff', '/graphql%', '//'])(
    'GET %s is 404',
    async (path) => {
      await expectRefusal(await request(path), 404)
    },
  )

  test.each(['PUT', 'DELETE', 'PATCH'])(
    '%s /graphql is 405 and names the allowed methods',
    async (method) => {
      const response = await request('/graphql', { method })
      expect(response.headers.get('allow')).toBe('GET, POST')
      await expectRefusal(response, 405)
    },
  )

  it('GET runs queries', async () => {
    const response = await request(`/graphql?query=${encodeURIComponent('{ __typename }')}`)
    expect(await response.text()).toBe(expectedBody)
    await expectRefusal(await request('/graphql'), 400)
  })

  test.each(['mutation { logout(input: {}) { sessionId } }', 'mutation M { __typename }'])(
    'GET with %s is 405 and names POST',
    async (mutation) => {
      const response = await request(`/graphql?query=${encodeURIComponent(mutation)}`)
      expect(response.headers.get('allow')).toBe('POST')
      await expectRefusal(response, 405)
    },
  )
})
