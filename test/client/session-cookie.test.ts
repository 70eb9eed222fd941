// With the refresh token in a cookie there is nothing to keep but a sign-out that the service has not heard of.
import { afterAll, describe, expect, it } from 'vitest'
import type { RegisterInput } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { goodPassword, newEmail, getRefusalReason } from '../support/app/client.js'
import { createNetwork, createSessionFixture } from '../support/clients/session-fixture.js'
import { withCookies } from '../support/clients/session-network.js'
import { createMemoryStorage } from '../support/clients/token-storage.js'

const app = await startApp()
afterAll(app.close)

/** A browser that shows the page as often as it is told to. */
function createBrowser() {
  const network = createNetwork()
  const storage = createMemoryStorage()
  const fetch = withCookies(network.fetch)
  return {
    network,
    storage,
    openPage: () => createSessionFixture(app, { transport: 'COOKIE', storage, fetch }),
    register: async () => {
      const input: RegisterInput = {
        email: newEmail(),
        password: goodPassword,
        refreshTokenTransport: 'COOKIE',
      }
      const query = `mutation Register($input: RegisterInput!) {
        register(input: $input) { ... on AuthPayload { accessToken expiresIn refreshToken session { id } } }
      }`
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        credentials: 'include',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { input } }),
      })
      const { data } = (await response.json()) as {
        data: { register: { accessToken: string; session: { id: string } } }
      }
      return data.register
    },
  }
}

const endReasonOf = async (id: string) =>
  (await app.db.session.findUniqueOrThrow({ where: { id } })).endReason

describe('a session in a cookie', () => {
  it('asks the service once when the page is loaded, and keeps nothing', async () => {
    const { register, openPage, storage, network } = createBrowser()
    const payload = await register()
    const fixture = openPage()
    await fixture.session.signIn(payload)
    const next = openPage()
    const [state] = await Promise.all([next.session.ready(), next.session.accessToken()])
    expect(state).toEqual(fixture.session.state())
    expect(await getRefusalReason(app, await next.session.accessToken())).toBeUndefined()
    expect(network.countSent('RefreshSession')).toBe(1)
    expect(storage.items.size).toBe(0)
    app.clock.advance('11m')
    expect(await getRefusalReason(app, await next.session.accessToken())).toBeUndefined()
    expect(storage.items.size).toBe(0)
  })

  it('says that nobody is signed in where there is no cookie', async () => {
    const { openPage } = createBrowser()
    const { session, events } = openPage()
    expect(await session.ready()).toEqual({ status: 'signed-out', reason: null })
    expect(events).toEqual(['signed-out: '])
  })

  it('is unreachable as long as the service cannot be reached, and signed in afterwards', async () => {
    const { register, openPage, network } = createBrowser()
    await register()
    const { session } = openPage()
    network.isDown = true
    expect(await session.ready()).toEqual({ status: 'unreachable' })
    network.isDown = false
    expect((await session.ready()).status).toBe('signed-in')
  })

  it('can be ended before it is known, and without a network', async () => {
    const { register, openPage, network, storage } = createBrowser()
    const payload = await register()
    network.isDown = true
    const { session } = openPage()
    expect(await session.signOut()).toBe(false)
    expect(session.state().status).toBe('signed-out')
    expect([...storage.items.values()]).toEqual(['{"tokens":null,"leaving":[null]}'])
    network.isDown = false
    const next = openPage()
    expect((await next.session.ready()).status).toBe('signed-out')
    await next.session.signIn(payload) // stands in line behind it
    expect(network.countSent('RefreshSession')).toBeLessThanOrEqual(2) // none of the next page
    expect(await endReasonOf(payload.session.id)).toBe('LOGOUT')
    expect(storage.items.size).toBe(0)
  })

  it('of somebody who has signed in since is not ended by an old sign-out', async () => {
    const { register, openPage, network, storage } = createBrowser()
    const { session } = openPage()
    await session.signIn(await register())
    network.isDown = true
    expect(await session.signOut()).toBe(false)
    network.isDown = false
    const laterSignIn = await register()
    await session.signIn(laterSignIn)
    expect(storage.items.size).toBe(0)
    expect((await openPage().session.ready()).status).toBe('signed-in')
    expect(await endReasonOf(laterSignIn.session.id)).toBeNull()
  })

  it('nor that of somebody who signs in while the page still starts', async () => {
    const { register, openPage, network } = createBrowser()
    network.isDown = true
    expect(await openPage().session.signOut()).toBe(false)
    network.isDown = false
    const payload = await register()
    const { session } = openPage()
    await Promise.all([session.ready(), session.signIn(payload)])
    await session.signIn(payload) // stands in line behind it
    expect(session.state().status).toBe('signed-in')
    expect(network.countSent('EndSession')).toBe(2) // those that did not arrive
    expect(await endReasonOf(payload.session.id)).toBeNull()
  })
})
