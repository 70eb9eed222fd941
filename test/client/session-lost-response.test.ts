// A session survives a refresh whose response was lost with the page, the tab or the network, even long ago. The client
// stores the attempt value before it sends it, so the service recognises the retry.
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { goodPassword, newEmail, getRefusalReason } from '../support/app/client.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'
import { createSessionNetwork, withCookies } from '../support/clients/session-network.js'
import { createAsyncStorage, createMemoryStorage } from '../support/clients/token-storage.js'

const app = await startApp()
afterAll(app.close)

const dropResponse = (send: () => Promise<Response>) =>
  send().then(() => Promise.reject(new TypeError('the laptop went to sleep')))

const register = `mutation ($input: RegisterInput!) { register(input: $input) {
  ... on AuthPayload { accessToken expiresIn refreshToken session { id } } } }`

/** A device that opens and closes pages. */
function createDevice(transport: 'BODY' | 'COOKIE', storage = createMemoryStorage()) {
  const sessionNetwork = createSessionNetwork()
  /** The attempt value of each refresh that was sent. */
  const attempts: unknown[] = []
  const cookies = withCookies(sessionNetwork.fetch)
  const fetch: typeof globalThis.fetch = (input, init) => {
    const body = typeof init?.body === 'string' ? init.body : '{}'
    const { query = '', variables } = JSON.parse(body) as {
      query?: string
      variables?: { input: { attempt?: unknown } }
    }
    if (query.includes('RefreshSession')) attempts.push(variables?.input.attempt)
    return cookies(input, init)
  }
  return {
    attempts,
    storage,
    /** Switches the loss of refresh responses on or off. */
    dropResponses: (isDropping: boolean) =>
      (sessionNetwork.fates.refresh = isDropping ? dropResponse : null),
    open: (options = {}) => createSessionFixture(app, { transport, storage, fetch, ...options }),
    async signIn({ session }: ReturnType<typeof createSessionFixture>) {
      const input = { email: newEmail(), password: goodPassword, refreshTokenTransport: transport }
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        credentials: 'include',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: register, variables: { input } }),
      })
      const { data } = (await response.json()) as {
        data: { register: { session: { id: string } } }
      }
      await session.signIn(data.register)
      return data.register.session.id
    },
  }
}

const generationOf = async (sessionId: string) =>
  (await app.db.refreshToken.findUniqueOrThrow({ where: { sessionId } })).generation

describe.each(['BODY', 'COOKIE'] as const)(
  'a session in %s whose refresh got no response',
  (transport) => {
    it.each(['31s', '6h', '3d'] as const)('continues %s later, on the next page', async (pause) => {
      const device = createDevice(transport)
      const first = device.open()
      const id = await device.signIn(first)
      app.clock.advance('11m')
      device.dropResponses(true)
      await first.session.accessToken()
      expect(await generationOf(id)).toBe(2)

      app.clock.advance(pause)
      device.dropResponses(false)
      const next = device.open()
      expect(await getRefusalReason(app, await next.session.accessToken())).toBeUndefined()
      expect(await generationOf(id)).toBe(2)
      expect(new Set(device.attempts).size).toBe(1)
      expect(device.attempts[0]).toMatch(/^[\w-]{43}$/)
      expect([...device.storage.items.values()].join()).not.toContain(device.attempts[0])

      app.clock.advance('11m')
      expect(await getRefusalReason(app, await next.session.accessToken())).toBeUndefined()
      expect(await generationOf(id)).toBe(3)
      expect(new Set(device.attempts).size).toBe(2)
    })

    it.each(['busy', 'limited', 'down'])(
      'keeps its attempt value while the service is %s',
      async (serviceState) => {
        const device = createDevice(transport)
        const { session } = device.open()
        const id = await device.signIn({ session } as ReturnType<typeof createSessionFixture>)
        app.clock.advance('11m')
        device.dropResponses(true)
        await session.accessToken()
        const answers = {
          busy: [503, { errors: [{ extensions: { code: 'SERVICE_BUSY', retryAfter: 1 } }] }],
          limited: [200, { errors: [{ extensions: { code: 'RATE_LIMITED', retryAfter: 1 } }] }],
          down: [502, 'Bad Gateway'],
        } as const
        const [status, body] = answers[serviceState as keyof typeof answers]
        const refusedFixture = createSessionFixture(app, {
          transport,
          storage: device.storage,
          fetch: () => Promise.resolve(Response.json(body, { status })),
        })
        app.clock.advance('1h')
        await refusedFixture.session.accessToken()
        app.clock.advance('1h')
        device.dropResponses(false)
        const next = device.open()
        expect(await getRefusalReason(app, await next.session.accessToken())).toBeUndefined()
        expect(await generationOf(id)).toBe(2)
        expect(new Set(device.attempts).size).toBe(1)
      },
    )

    it('keeps its attempt value when the user proves presence meanwhile', async () => {
      const device = createDevice(transport)
      const first = device.open()
      const id = await device.signIn(first)
      app.clock.advance('8m') // the access token is still valid, and the next one is fetched
      device.dropResponses(true)
      const accessToken = await first.session.accessToken()
      await expect.poll(() => device.attempts.length).toBe(2)
      await first.session.signIn({ accessToken, expiresIn: 600, refreshToken: null })
      app.clock.advance('1h')
      device.dropResponses(false)
      expect(await getRefusalReason(app, await device.open().session.accessToken())).toBeUndefined()
      expect(await generationOf(id)).toBe(2)
    })
  },
)

it('works with AsyncStorage', async () => {
  const device = createDevice('BODY', createAsyncStorage() as never)
  const first = device.open()
  const id = await device.signIn(first)
  app.clock.advance('11m')
  device.dropResponses(true)
  await first.session.accessToken()
  app.clock.advance('6h')
  device.dropResponses(false)
  expect(await getRefusalReason(app, await device.open().session.accessToken())).toBeUndefined()
  expect(await generationOf(id)).toBe(2)
})

it.each(['BODY', 'COOKIE'] as const)(
  'without storage the attempt value of %s lives as long as the page',
  async (transport) => {
    const device = createDevice(transport)
    const { session, ...rest } = device.open({ storage: null })
    const id = await device.signIn({ session, ...rest })
    for (const generation of [2, 3]) {
      app.clock.advance('11m')
      device.dropResponses(true)
      await session.accessToken()
      app.clock.advance('6h')
      device.dropResponses(false)
      expect(await getRefusalReason(app, await session.accessToken())).toBeUndefined()
      expect(await generationOf(id)).toBe(generation)
    }
    expect(device.storage.items.size).toBe(0)
  },
)

it('a stored attempt value that the service would refuse is replaced', async () => {
  const device = createDevice('BODY')
  const first = device.open()
  await device.signIn(first)
  const [[key, text]] = [...device.storage.items] as [[string, string]]
  const storedState = JSON.parse(text) as { tokens: { refreshToken: string } }
  const attempt = { token: storedState.tokens.refreshToken, value: 'short' }
  device.storage.items.set(key, JSON.stringify({ ...storedState, attempt }))
  app.clock.advance('11m')
  expect(await getRefusalReason(app, await device.open().session.accessToken())).toBeUndefined()
  expect(device.attempts).toEqual([expect.stringMatching(/^[\w-]{43}$/)])
})

it('a tab without a lock does not overwrite the newer token of another tab', async () => {
  const device = createDevice('BODY')
  const [slow, quick] = [createSessionNetwork(), createSessionNetwork()]
  const first = device.open({ fetch: slow.fetch })
  const { sessionId } = await first.register()
  app.clock.advance('11m')
  let answer: () => void = () => undefined
  slow.fates.refresh = async (send) => {
    const response = await send()
    await new Promise<void>((resolve) => (answer = resolve))
    return response
  }
  const waiting = first.session.accessToken()
  await expect.poll(() => generationOf(sessionId)).toBe(2)
  const second = device.open({ fetch: quick.fetch })
  await second.session.accessToken()
  app.clock.advance('11m')
  await second.session.accessToken()
  expect(await generationOf(sessionId)).toBe(3)
  const [stored] = [...device.storage.items.values()]
  answer()
  await waiting
  expect([...device.storage.items.values()]).toEqual([stored])
  app.clock.advance('11m')
  expect(await getRefusalReason(app, await device.open().session.accessToken())).toBeUndefined()
})

it('a device without a random source refreshes without an attempt value', async () => {
  const device = createDevice('BODY')
  await device.signIn(device.open())
  const sent: unknown[] = []
  const { session } = device.open({
    fetch: (_: unknown, init: RequestInit) => {
      sent.push((JSON.parse(init.body as string) as { variables: unknown }).variables)
      return Promise.resolve(Response.json({}))
    },
  })
  app.clock.advance('11m')
  const { crypto } = globalThis
  Object.defineProperty(globalThis, 'crypto', { value: undefined, configurable: true })
  try {
    await session.accessToken()
  } finally {
    Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true })
  }
  expect(sent).toMatchObject([{ input: { attempt: null } }])
})

describe('an older Set-Cookie that arrives last (two tabs without Web Locks)', () => {
  const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const send = (query: string, input: object | null, cookie = '') =>
    fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify({ query, variables: { input } }),
    })
  const fields = '{ __typename ... on AuthError { code } }'
  const refreshQuery = `mutation ($input: RefreshInput) { refresh(input: $input) ${fields} }`

  /** The cookies of the last two rotations. A browser keeps the one that arrives last. */
  async function rotateTwice() {
    const input = { email: newEmail(), password: goodPassword, refreshTokenTransport: 'COOKIE' }
    const first = cookieOf(await send(register, input))
    const older = cookieOf(await send(refreshQuery, null, first))
    return { older, newer: cookieOf(await send(refreshQuery, null, older)) }
  }

  it('is replaced by the newer one within the grace interval', async () => {
    const { older, newer } = await rotateTwice()
    app.clock.advance('29s')
    expect(cookieOf(await send(refreshQuery, null, older))).toBe(newer)
  })

  it('ends the session after the grace interval, because it looks like a stolen cookie', async () => {
    const { older } = await rotateTwice()
    app.clock.advance('31s')
    const response = await send(refreshQuery, null, older)
    expect(await response.json()).toMatchObject({
      data: { refresh: { code: 'REFRESH_TOKEN_REUSED' } },
    })
  })
})
