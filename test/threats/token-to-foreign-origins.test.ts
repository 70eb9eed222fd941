// A URL from data (a link in an answer, a user's web hook, `uri` in a context) leads to an attacker's server. If the
// client sends the access token there, its holder acts as the user for ten minutes (CWE-201; OWASP API Security, API10
// "Unsafe Consumption of APIs"). The token goes only to the session's origin and to origins that the application names.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client'
import { Client, fetchExchange } from '@urql/core'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { createSessionLink } from '@latchkey/client/apollo'
import { createSessionFetch, sessionSocket } from '@latchkey/client'
import { sessionExchange } from '@latchkey/client/urql'
import { MeDocument } from '@latchkey/client/operations'
import { startStubService, unauthenticatedResponse } from '../support/processes/stub-service.js'
import { startApp } from '../support/app/app.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'

const app = await startApp()
const foreignService = await startStubService(() => unauthenticatedResponse('TOKEN_EXPIRED'))
afterAll(async () => {
  foreignService.close()
  await app.close()
})
afterEach(() => {
  vi.unstubAllGlobals()
  foreignService.asked.splice(0)
})

async function signedIn(url = `${app.url}/graphql`) {
  const fixture = createSessionFixture(app, { url })
  await fixture.register()
  return fixture
}

/** Whether a request to this URL carries the token. */
async function sendsToken(url: string | URL | Request, sessionUrl: string, origins?: string[]) {
  const { session } = await signedIn(sessionUrl)
  const sent: boolean[] = []
  const fetch: typeof globalThis.fetch = (_input, init) => {
    sent.push(new Headers(init?.headers).has('authorization'))
    return Promise.resolve(Response.json({}))
  }
  await createSessionFetch(session, { fetch, ...(origins && { origins }) })(url)
  expect(sent).toHaveLength(1)
  return sent[0]
}

const ownUrl = 'https://auth.example.com/graphql'

describe('the fetch of a session', () => {
  it('reads a URL once: an object that returns another URL the second time gets no token there', async () => {
    const { session } = await signedIn(ownUrl)
    const urls = [ownUrl, 'https://evil.example/']
    const changingUrl = { toString: () => urls.shift() ?? 'https://evil.example/' }
    const sent: unknown[] = []
    const fetch: typeof globalThis.fetch = (input, init) => {
      sent.push([input, new Headers(init?.headers).has('authorization')])
      return Promise.resolve(Response.json({}))
    }
    await createSessionFetch(session, { fetch })(changingUrl as unknown as URL)
    expect(sent).toEqual([[ownUrl, true]])
  })

  it.each([
    ownUrl,
    'https://auth.example.com',
    'https://AUTH.example.com:443/other?x=1#y',
    'https://user:password@auth.example.com/',
    'https://auth.example.com\\@evil.example', // a backslash is a slash, for fetch as well (WHATWG URL)
    new URL(ownUrl),
    new Request(ownUrl),
  ])('sends the token to its own origin: %s', async (url) => {
    expect(await sendsToken(url, ownUrl)).toBe(true)
  })

  it.each([
    'http://auth.example.com/graphql',
    'https://auth.example.com:8443/graphql',
    'https://auth.example.com.evil.example/graphql',
    'https://evil.example/auth.example.com',
    'https://auth.example.com@evil.example/graphql',
    'https://sub.auth.example.com/',
    'https://example.com/',
    '//evil.example/graphql',
    'https:evil.example',
    'data:application/json,{}',
    'blob:https://evil.example/0e9a7c2a',
    'file:///etc/passwd',
    '/graphql',
    '',
    new URL('https://evil.example/'),
    new Request('https://evil.example/'),
  ])('sends no token to another: %s', async (url) => {
    expect(await sendsToken(url, ownUrl)).toBe(false)
  })

  it('sends it to origins that are named, and to no others', async () => {
    const origins = ['https://api.example.com', 'wss://live.example.com/path']
    expect(await sendsToken('https://api.example.com/graphql', ownUrl, origins)).toBe(true)
    expect(await sendsToken('https://live.example.com/graphql', ownUrl, origins)).toBe(true)
    expect(await sendsToken(ownUrl, ownUrl, origins)).toBe(true)
    expect(await sendsToken('https://api.example.org/graphql', ownUrl, origins)).toBe(false)
  })

  it.each(['*', 'api.example.com', 'null', '', 'file:///', 'javascript:0'])(
    'accepts no origin such as %j',
    async (origin) => {
      const { session } = await signedIn(ownUrl)
      expect(() => createSessionFetch(session, { origins: [origin] })).toThrow(TypeError)
    },
  )

  it('resolves relative URLs against the page', async () => {
    vi.stubGlobal('location', { href: 'https://app.example.com/page' })
    expect(await sendsToken('/graphql', ownUrl)).toBe(false)
    expect(await sendsToken('/graphql', 'https://app.example.com/auth')).toBe(true)
    expect(await sendsToken('https://app.example.com/graphql', '/auth/graphql')).toBe(true)
    expect(await sendsToken('//evil.example/graphql', '/auth/graphql')).toBe(false)
  })

  it('is a plain fetch for a foreign origin: the same request, once, and the same answer', async () => {
    const { session, network } = await signedIn()
    const body = JSON.stringify({ query: '{ me { id } }' })
    const response = await createSessionFetch(session)(foreignService.url, { method: 'POST', body })
    expect(await response.json()).toMatchObject({ data: { me: null } })
    expect(foreignService.asked).toEqual([null])
    expect(network.countSent('RefreshSession')).toBe(0)
  })

  it('sends no token to a foreign origin to which its own origin redirects', async () => {
    const authorizations: (string | undefined)[] = []
    const redirecting = createServer((request, response) => {
      authorizations.push(request.headers.authorization)
      response.writeHead(307, { location: foreignService.url }).end()
    }).listen(0, '127.0.0.1')
    await once(redirecting, 'listening')
    const url = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}/graphql`
    const { session } = await signedIn(url)
    await createSessionFetch(session)(url, { method: 'POST', body: '{}' })
    redirecting.close()
    expect(authorizations[0]).toMatch(/^Bearer /)
    expect(new Set(foreignService.asked)).toEqual(new Set([null]))
  })
})

describe('a client whose operation names another URL', () => {
  it('Apollo Client: no token, unless the origin is named', async () => {
    const { session, url } = await signedIn()
    const ask = async (origins: string[]) => {
      const link = createSessionLink(session, { origins }).concat(new HttpLink({ uri: url }))
      const client = new ApolloClient({ link, cache: new InMemoryCache() })
      const context = { uri: foreignService.url }
      await client.query({ query: MeDocument, context, errorPolicy: 'all' })
    }
    await ask([])
    expect(foreignService.asked).toEqual([null])
    await ask([foreignService.url])
    expect(foreignService.asked[1]).toMatch(/^Bearer /)
  })

  it('urql: no token, unless the origin is named', async () => {
    const { session, url } = await signedIn()
    const ask = async (origins: string[]) => {
      const exchanges = [sessionExchange(session, { origins }), fetchExchange]
      const client = new Client({ url, exchanges })
      return client.query(MeDocument, {}, { url: foreignService.url }).toPromise()
    }
    const { error } = await ask([])
    expect(error?.graphQLErrors).toHaveLength(1)
    expect(foreignService.asked).toEqual([null])
    await ask([foreignService.url])
    expect(foreignService.asked[1]).toMatch(/^Bearer /)
  })
})

describe('the socket of a session', () => {
  it.each([
    ['wss://auth.example.com/graphql', []],
    ['https://auth.example.com/stream', []],
    ['wss://api.example.com/graphql', ['https://api.example.com']],
  ])('may be opened to %s', async (url, origins) => {
    const { session } = await signedIn(ownUrl)
    const socket = sessionSocket(session, { url, origins })
    expect(socket.url).toBe(url)
    expect(await socket.connectionParams()).toHaveProperty('authorization')
  })

  it.each(['ws://auth.example.com/graphql', 'wss://evil.example/graphql', 'wss://', '/graphql'])(
    'is not created for a foreign origin: %s',
    async (url) => {
      const { session } = await signedIn(ownUrl)
      expect(() => sessionSocket(session, { url })).toThrow(/Add it to/)
    },
  )
})
