import { afterAll, describe, expect, it, test } from 'vitest'
import { startApp, type TestApp } from '../support/app/app.js'

const appWithoutCors = await startApp()
const appWithCors = await startApp({
  env: { CORS_ORIGINS: 'https://app.example.com,http://localhost:3000' },
})
afterAll(async () => {
  await appWithoutCors.close()
  await appWithCors.close()
})

async function sendFromOrigin({ url }: TestApp, origin: string, method: string) {
  const preflight = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  }
  const { status, headers } = await fetch(`${url}/graphql?query={__typename}`, {
    method,
    headers: { origin, ...(method === 'OPTIONS' ? preflight : {}) },
  })
  return { status, headers, allowed: headers.get('access-control-allow-origin') }
}

const origins = [
  'https://app.example.com',
  'http://localhost:3000',
  'https://evil.example',
  'http://localhost:4000',
  'null',
  'http://127.0.0.1',
]

describe('without CORS_ORIGINS', () => {
  test.each(origins)('no page of %s may read a response', async (origin) => {
    for (const method of ['GET', 'OPTIONS']) {
      expect((await sendFromOrigin(appWithoutCors, origin, method)).allowed).toBeNull()
    }
  })
})

describe('with CORS_ORIGINS', () => {
  test.each(origins.slice(0, 2))('pages of %s may', async (origin) => {
    const { headers, allowed, status } = await sendFromOrigin(appWithCors, origin, 'GET')
    expect({ allowed, status }).toEqual({ allowed: origin, status: 200 })
    expect(headers.get('vary')).toContain('Origin')
    expect(headers.get('access-control-expose-headers')).toBe(
      'x-request-id, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset, ratelimit-policy',
    )
    // Allows the refresh cookie. It is the only cookie, and only `refresh` and `logout` read it.
    expect(headers.get('access-control-allow-credentials')).toBe('true')
  })

  it('a preflight is answered for GET and POST with the headers that clients send', async () => {
    const { headers, allowed, status } = await sendFromOrigin(
      appWithCors,
      'https://app.example.com',
      'OPTIONS',
    )
    expect({ allowed, status }).toEqual({ allowed: 'https://app.example.com', status: 204 })
    expect(headers.get('access-control-allow-methods')).toBe('GET, POST')
    expect(headers.get('access-control-allow-headers')).toBe('authorization,content-type')
    expect(headers.get('access-control-max-age')).toBe('600')
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    // Allows the refresh cookie. It is the only cookie, and only `refresh` and `logout` read it.
    expect(headers.get('access-control-allow-credentials')).toBe('true')
  })

  test.each([
    ...origins.slice(2),
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'https://xapp.example.com',
    'https://appXexample.com',
    'https://sub.app.example.com',
    'https://example.com',
    'https://APP.example.com',
    'https://app.example.com/',
    'https://app.example.com,https://evil.example',
    'http://localhost:30000',
    'http://localhost',
    '*',
  ])('pages of %s may not', async (origin) => {
    for (const method of ['GET', 'OPTIONS']) {
      expect((await sendFromOrigin(appWithCors, origin, method)).allowed).toBeNull()
    }
  })
})

it('OPTIONS without a preflight gets an empty 204 response', async () => {
  const response = await fetch(`${appWithoutCors.url}/graphql`, { method: 'OPTIONS' })
  expect(response.status).toBe(204)
  expect(await response.text()).toBe('')
  expect(response.headers.has('access-control-allow-origin')).toBe(false)
})
