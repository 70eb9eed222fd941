// A foreign page makes the visitor's browser send a request that needs no preflight: a form, text/plain, or the GET of
// an image (OWASP CSRF; GHSA-9q82-xgwf-vj6h, CVE-2026-23897 for tricks with the content type). Only a POST of
// application/json in UTF-8 can change anything here. Browsers announce it with a preflight, which no foreign origin
// passes.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import {
  goodPassword,
  newEmail,
  post,
  registerPerson,
  refresh,
  getAuthPayload,
} from '../support/app/client.js'
import { readAllRows } from '../support/database/all-rows.js'

const app = await startApp({ env: { CORS_ORIGINS: 'https://app.example.com' } })
afterAll(app.close)
const person = await registerPerson(app)

const quote = (text: string) => JSON.stringify(text)
const mutations = {
  register: `mutation { register(input: { email: ${quote(newEmail())}, password: ${quote(goodPassword)} }) { __typename } }`,
  login: `mutation { login(input: { email: ${quote(person.email)}, password: ${quote(goodPassword)} }) { __typename } }`,
  refresh: `mutation { refresh(input: { refreshToken: ${quote(person.refreshToken)} }) { __typename } }`,
  logout: `mutation { logout(input: { refreshToken: ${quote(person.refreshToken)} }) { sessionId } }`,
}
const authorization = `Bearer ${person.accessToken}`

let before: string[]
beforeAll(async () => {
  before = await readAllRows(app)
})

/** Sends exactly these headers: fetch would add a content type of its own. */
function send(method: string, path: string, headers: Record<string, string>, body = '') {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(`${app.url}${path}`, { method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text })
      })
    })
    sent.on('error', reject).end(body)
  })
}

async function expectRefused({ status, text }: { status: number; text: string }) {
  expect(status).toBeGreaterThanOrEqual(400)
  expect(status).toBeLessThan(500)
  expect(JSON.parse(text)).toMatchObject({ errors: [{ message: expect.any(String) as string }] })
  expect(await readAllRows(app)).toEqual(before)
}

describe.each(Object.entries(mutations))('%s', (_, query) => {
  const json = JSON.stringify({ query })
  const form = new URLSearchParams({ query }).toString()
  const multipart = `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${json}\r\n--x--\r\n`

  it.each<[string, string]>([
    ['application/x-www-form-urlencoded', form],
    ['application/x-www-form-urlencoded', json],
    ['text/plain', json],
    ['text/plain;charset=UTF-8', json],
    ['text/plain; application/json', json],
    ['text/plain, application/json', json],
    ['multipart/form-data; boundary=x', multipart],
    ['multipart/form-data; boundary=x', json],
    ['application/x-www-form-urlencoded; x=application/json', json],
    ['application/jsonp', json],
    ['application/json; charset=utf-7', json],
    ['application/json; charset=utf-16le', Buffer.from(json, 'utf16le').toString('latin1')],
    ['application/graphql', query],
    ['json', json],
    [' ', json],
    ['', json],
  ])('is refused as %s', async (type, body) => {
    const headers = { authorization, 'content-type': type }
    await expectRefused(await send('POST', '/graphql', headers, body))
    await expectRefused(await send('POST', `/graphql?${form}`, headers, body))
  })

  it('is refused without a content type, and from the URL', async () => {
    await expectRefused(await send('POST', '/graphql', { authorization }, json))
    await expectRefused(await send('POST', `/graphql?${form}`, { authorization }))
  })

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('is refused by %s', async (method) => {
    for (const type of ['application/json', 'text/plain']) {
      const headers = { authorization, 'content-type': type, accept: 'application/json' }
      await expectRefused(await send(method, `/graphql?${form}`, headers))
    }
    const override = { authorization, accept: '*/*', 'x-http-method-override': 'POST' }
    await expectRefused(await send(method, `/graphql?${form}&_method=POST`, override))
  })
})

it.each([
  'https://evil.example',
  'null',
  'https://app.example.com.evil.example',
  'http://app.example.com',
])('lets no page of %s pass the preflight or read a response', async (origin) => {
  const ask = { origin, 'access-control-request-method': 'POST' }
  const headers = { ...ask, 'access-control-request-headers': 'content-type,authorization' }
  const preflight = await fetch(`${app.url}/graphql`, { method: 'OPTIONS', headers })
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
  const answer = await post(app, '{"query":"{ __typename }"}', { origin })
  expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
})

it('lets the listed pages in', async () => {
  const origin = 'https://app.example.com'
  const answer = await post(app, '{"query":"{ __typename }"}', { origin })
  expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
  expect(getAuthPayload(await refresh(app, person.refreshToken)).session.id).toBe(person.sessionId)
})
