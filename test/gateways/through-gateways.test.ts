// Behind a gateway everything works as without one: people sign in, refresh and sign out, services join users to
// what is theirs, and Latchkey sees who is in front of the gateway.
import { print } from 'graphql'
import { afterAll, describe, expect, it } from 'vitest'
import { LoginDocument, MySessionsDocument } from '@latchkey/client/operations'
import * as client from '../support/app/client.js'
import { gatewayKinds, startAppBehindGateway } from '../support/gateways/app-behind-gateway.js'
import { postFrom } from '../support/app/post-from.js'
import { recordQueries } from '../support/database/record-queries.js'
import { bindings, createSessionFixture } from '../support/clients/session-fixture.js'

const createPost = 'mutation ($title: String!) { createPost(title: $title) { id } }'
const feed = '{ posts { title author { id name email } } }'

interface Feed {
  posts: { title: string; author: { id: string; name: string | null; email: string | null } }[]
}

describe.each(Object.entries(gatewayKinds))('through %s', async (_, kind) => {
  const { app, gatewayServer, close } = await startAppBehindGateway(kind, {
    env: { RATE_LIMIT_FACTOR: '1' },
  })
  afterAll(close)

  async function registerAuthor(title: string) {
    const author = await client.registerPerson(gatewayServer)
    await client.call(gatewayServer, createPost, { title }, { token: author.accessToken })
    await client.call(gatewayServer, createPost, { title }, { token: author.accessToken })
    return author
  }
  const authors = [await registerAuthor('One'), await registerAuthor('Two')] as const
  const [ada, bob] = authors

  it('one query joins users to what is theirs in another service, both ways', async () => {
    const query = '{ me { id email posts { title author { name } } } posts { author { id } } }'
    interface Joined {
      me: { id: string; email: string; posts: { title: string }[] }
      posts: { author: { id: string } }[]
    }
    const { data, errors } = await client.call<Joined, object>(
      gatewayServer,
      query,
      {},
      { token: ada.accessToken },
    )
    expect(errors).toEqual([])
    expect(data?.me.email).toBe(ada.email)
    expect(data?.me.posts.map(({ title }) => title)).toEqual(['One', 'One'])
    expect(data?.posts.map(({ author }) => author.id)).toEqual([ada.id, ada.id, bob.id, bob.id])
  })

  it('any number of users is looked up by one statement', async () => {
    const { seen, stop } = recordQueries()
    const { data } = await client.call<Feed, object>(gatewayServer, feed, {})
    stop()
    expect(data?.posts).toHaveLength(4)
    expect(seen.filter(({ text }) => text.includes('users'))).toHaveLength(1)
  })

  it('nobody gets to know of a user what is the user’s own', async () => {
    const emailsFor = async (token: string | null) => {
      const { data } = await client.call<Feed, object>(gatewayServer, feed, {}, { token })
      return data?.posts.map(({ author }) => author.email)
    }
    expect(await emailsFor(null)).toEqual([null, null, null, null])
    expect(await emailsFor(bob.accessToken)).toEqual([null, null, bob.email, bob.email])
    const query = '{ posts { author { pendingEmail locale lastLoginAt sessions { totalCount } } } }'
    const { data } = await client.call<{ posts: { author: object }[] }, object>(
      gatewayServer,
      query,
      {},
    )
    for (const { author } of data?.posts ?? []) {
      expect(new Set(Object.values(author))).toEqual(new Set([null]))
    }
  })

  it('signs in, refreshes and signs out', async () => {
    const { id, sessionId, ...person } = await client.registerPerson(gatewayServer)
    expect((await client.me(gatewayServer, person.accessToken)).data?.me?.id).toBe(id)
    const renewed = client.getAuthPayload(await client.refresh(gatewayServer, person.refreshToken))
    expect(renewed.refreshToken).not.toBe(person.refreshToken)
    expect((await client.logout(gatewayServer, renewed.refreshToken ?? ''))?.sessionId).toBe(
      sessionId,
    )
    expect(await client.getRefusalReason(gatewayServer, renewed.accessToken)).toBe('SESSION_ENDED')
    const session = await app.db.session.findUniqueOrThrow({ where: { id: sessionId } })
    expect(session.endReason).toBe('LOGOUT')
  })

  it('passes on failures as data, and the code and the reason of a refused token', async () => {
    const input = { email: ada.email, password: 'a wrong password' }
    const { data } = await client.call(gatewayServer, LoginDocument, { input })
    expect(client.getAuthError(data?.login).code).toBe('INVALID_CREDENTIALS')
    const { errors } = await client.me(gatewayServer, `${ada.accessToken}x`)
    expect(errors[0]).toMatchObject({
      path: ['me'],
      extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' },
    })
  })

  it('a session of @latchkey/client recovers 25 operations at once with one refresh', async () => {
    for (const create of Object.values(bindings)) {
      const { register, network, session, url } = createSessionFixture(
        { ...gatewayServer, clock: app.clock },
        { now: () => 0 },
      )
      const person = await register()
      // Apollo Server's CSRF prevention, which guards two of the gateways, refuses urql's GETs.
      const application = create(session, url, network.fetch, { preferGetMethod: false })
      app.clock.advance('11m')
      const answers = await Promise.all(
        Array.from({ length: 25 }, (_, i) =>
          application.query(MySessionsDocument, { first: i + 1 }),
        ),
      )
      for (const { data } of answers) expect(data?.me?.id).toBe(person.id)
      expect(network.countSent('RefreshSession')).toBe(1)
    }
  })

  it('sessions show the client’s address and user agent, not the gateway’s, and not what a client invents', async () => {
    const input = { email: ada.email, password: ada.password }
    const body = { query: print(LoginDocument), variables: { input } }
    const headers = { 'user-agent': 'Tester/1.0', 'x-forwarded-for': '203.0.113.9' }
    interface Login {
      login: { __typename: 'AuthPayload'; accessToken: string; session: { id: string } }
    }
    const { data } = await postFrom<Login>('127.0.0.2', gatewayServer, body, headers)
    const id = data?.login.session.id ?? ''
    const session = await app.db.session.findUniqueOrThrow({ where: { id } })
    expect(session).toMatchObject({ ipAddress: '127.0.0.2', userAgent: 'Tester/1.0' })
  })

  it('attempts are counted for who is in front of the gateway, not for the gateway', async () => {
    const codesOf = async (ip: string, tries: number) => {
      const codes = []
      for (let i = 0; i < tries; i += 1) {
        // Somebody else each time: guesses at one account have a limit of their own.
        const input = { email: `nobody${i}@example.com`, password: 'a wrong password' }
        const body = { query: print(LoginDocument), variables: { input } }
        const { errors } = await postFrom(ip, gatewayServer, body)
        codes.push(errors[0]?.extensions['code'])
      }
      return codes
    }
    expect(await codesOf('127.0.0.3', 21)).toEqual([...Array<undefined>(20), 'RATE_LIMITED'])
    expect(await codesOf('127.0.0.4', 1)).toEqual([undefined])
  })

  it('what gateways ask for is not passed on to clients', async () => {
    for (const field of [
      '_sdl',
      '_service { sdl }',
      '_users(ids: []) { id }',
      '_entities(representations: []) { __typename }',
    ]) {
      const { errors, data } = await client.call(gatewayServer, `{ ${field} }`, {})
      expect(data ?? null).toBeNull()
      expect(errors[0]?.message).toContain('Cannot query field')
    }
  })
})
