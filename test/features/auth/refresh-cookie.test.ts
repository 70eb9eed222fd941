import { afterAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../support/app/app.js'
import {
  call,
  goodPassword,
  newEmail,
  getRefusalReason,
  type Answer,
} from '../../support/app/client.js'
import { trackChanges } from '../../support/database/track-changes.js'

const env = { PUBLIC_URL: 'https://auth.example.com', CORS_ORIGINS: 'https://app.example.com' }
const app = await startApp({ env })
const localApp = await startApp() // PUBLIC_URL is http://localhost
afterAll(async () => {
  await app.close()
  await localApp.close()
})

interface Result {
  result: { accessToken?: string; refreshToken?: string | null; code?: string } | null
}
const resultFields = '{ ... on AuthPayload { accessToken refreshToken } ... on AuthError { code } }'

const register = (server: TestApp) =>
  call<Result, object>(
    server,
    `mutation ($input: RegisterInput!) { result: register(input: $input) ${resultFields} }`,
    { input: { email: newEmail(), password: goodPassword, refreshTokenTransport: 'COOKIE' } },
  )

const refresh = (
  cookie: string,
  headers: Record<string, string> = {},
  input: object | null = null,
) =>
  call<Result, object>(
    app,
    `mutation ($input: RefreshInput) { result: refresh(input: $input) ${resultFields} }`,
    { input },
    { headers: { cookie, ...headers } },
  )

/** The cookie of the answer: the value to send back, and the attributes. */
function cookieOf({ headers }: Answer<unknown>) {
  const [cookie = '', ...attributes] = headers.getSetCookie()[0]?.split('; ') ?? []
  return { cookie, attributes: attributes.filter((one) => !one.startsWith('Expires=')).sort() }
}

describe('with refreshTokenTransport COOKIE', () => {
  it('the refresh token is in a __Host- cookie that scripts cannot read, and not in the body', async () => {
    const answer = await register(app)
    const { cookie, attributes } = cookieOf(answer)
    expect(cookie).toMatch(/^__Host-latchkey-refresh=[\w-]{98}$/)
    expect(attributes).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure'])
    expect(answer.data?.result?.refreshToken).toBeNull()
    expect(answer.text).not.toContain(cookie.split('=')[1])
  })

  it('a refresh reads the cookie and sets the successor as a cookie', async () => {
    const first = cookieOf(await register(app)).cookie
    const answer = await refresh(first)
    const second = cookieOf(answer).cookie
    expect(second).not.toBe(first)
    expect(answer.data?.result?.refreshToken).toBeNull()
    expect(await getRefusalReason(app, answer.data?.result?.accessToken ?? '')).toBeUndefined()
    expect((await refresh(second)).data?.result?.accessToken).toBeTruthy()
  })

  it('on http://localhost the cookie has neither prefix nor Secure, because some browsers require HTTPS for both', async () => {
    const { cookie, attributes } = cookieOf(await register(localApp))
    expect(cookie).toMatch(/^latchkey-refresh=/)
    expect(attributes).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict'])
  })

  it('logout ends the session of the cookie and clears it', async () => {
    const signedIn = await register(app)
    const { cookie } = cookieOf(signedIn)
    const document = 'mutation { logout(input: {}) { sessionId } }'
    const answer = await call(app, document, {}, { headers: { cookie } })
    expect(cookieOf(answer).cookie).toBe('__Host-latchkey-refresh=')
    expect(answer.headers.getSetCookie()[0]).toContain('Expires=Thu, 01 Jan 1970')
    const token = signedIn.data?.result?.accessToken ?? ''
    expect(await getRefusalReason(app, token)).toBe('SESSION_ENDED')
    expect((await refresh(cookie)).data?.result?.code).toBe('SESSION_ENDED')
  })
})

describe('the cookie', () => {
  it('authenticates only refresh and logout', async () => {
    const { cookie } = cookieOf(await register(app))
    const { errors } = await call(app, '{ me { id } }', {}, { headers: { cookie } })
    expect(errors[0]?.extensions).toMatchObject({ reason: 'TOKEN_MISSING' })
  })

  it.each(['https://app.example.com', 'https://auth.example.com'])(
    'is accepted from %s',
    async (origin) => {
      const { cookie } = cookieOf(await register(app))
      expect((await refresh(cookie, { origin })).data?.result?.accessToken).toBeTruthy()
    },
  )

  it.each(['https://evil.example', 'https://evil.example.com', 'null'])(
    'is ignored from a page of %s, and nothing changes',
    async (origin) => {
      const { cookie } = cookieOf(await register(app))
      const { result, touched } = await trackChanges(app, () => refresh(cookie, { origin }))
      expect(result.data?.result?.code).toBe('INVALID_REFRESH_TOKEN')
      expect(result.headers.getSetCookie()).toEqual([])
      expect(touched).toEqual([])
    },
  )

  it('is ignored if the input has a token', async () => {
    const { cookie } = cookieOf(await register(app))
    const { result, touched } = await trackChanges(app, () =>
      refresh(cookie, {}, { refreshToken: 'something else' }),
    )
    expect(result.data?.result?.code).toBe('INVALID_REFRESH_TOKEN')
    expect(touched).toEqual([])
  })
})
