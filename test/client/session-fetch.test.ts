// graphql-request, and whoever else takes a fetch, with a session.
import { GraphQLClient } from 'graphql-request'
import { afterAll, describe, expect, it } from 'vitest'
import { createSessionFetch, type SessionOptions } from '@latchkey/client'
import { MeDocument, MySessionsDocument, RegisterDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { goodPassword, newEmail } from '../support/app/client.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'

const app = await startApp()
afterAll(app.close)

async function start(options: Partial<SessionOptions> = {}) {
  const fixture = createSessionFixture(app, options)
  const sentHeaders: Headers[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    sentHeaders.push(new Headers(init?.headers))
    return fixture.network.fetch(input, init)
  }
  const client = new GraphQLClient(fixture.url, {
    fetch: createSessionFetch(fixture.session, { fetch }),
  })
  const input = { email: newEmail(), password: goodPassword }
  const { register } = await client.request(RegisterDocument, { input })
  expect(await fixture.session.signIn(register)).toBe(true)
  return { ...fixture, client, seen: sentHeaders, email: input.email }
}

describe('graphql-request with the fetch of a session', () => {
  it('registers, reads me, and goes on when the token has expired', async () => {
    const { client, email, network } = await start()
    expect((await client.request(MeDocument)).me?.email).toBe(email)
    app.clock.advance('11m')
    expect((await client.request(MeDocument)).me?.email).toBe(email)
    const names = network.sent.map(({ operation }) => operation)
    expect(names).toEqual(['Register', 'Me', 'RefreshSession', 'Me'])
    expect(network.sent[0]?.authorization).toBeNull()
  })

  it('refreshes once for ten requests at once', async () => {
    const { client, network } = await start()
    app.clock.advance('11m')
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => client.request(MySessionsDocument, { first: i + 1 })),
    )
    for (const { me } of answers) expect(me?.sessions?.totalCount).toBe(1)
    expect(network.countSent('RefreshSession')).toBe(1)
  })

  it('keeps the headers of a request, also when it is sent again', async () => {
    const { client, seen } = await start({ now: () => 0 })
    app.clock.advance('11m')
    await client.request(MeDocument, {}, { 'x-trace': 'a-trace' })
    const [, ...sent] = seen
    expect(sent.map((headers) => headers.get('x-trace'))).toEqual(['a-trace', 'a-trace'])
    expect(new Set(sent.map((headers) => headers.get('authorization'))).size).toBe(2)
  })
})
