// With the refresh token in a cookie, storage holds only sign-outs that the service has not received.
import { afterAll, describe, expect, it } from 'vitest'
import type { RegisterInput } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { goodPassword, newEmail, getRefusalReason } from '../support/app/client.js'
import { createNetwork, createSessionFixture } from '../support/clients/session-fixture.js'
import { withCookies } from '../support/clients/session-network.js'
import { createMemoryStorage } from '../support/clients/token-storage.js'

const app = await startApp()
afterAll(app.close)

/** A browser that can load the page repeatedly. */
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
  it('asks the service once per page load, and stores nothing', async () => {
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

  it('reports that no user is signed in when there is no cookie', async () => {
    const { openPage } = createBrowser()
    const { session, events } = openPage()
    expect(await session.ready()).toEqual({ status: 'signed-out', reason: null })
    expect(events).toEqual(['signed-out: '])
  })

  it('is unreachable while the service is unreachable, and signed in afterwards', async () => {
    const { register, openPage, network } = createBrowser()
    await register()
    const { session } = openPage()
    network.isDown = true
    expect(await session.ready()).toEqual({ status: 'unreachable' })
    network.isDown = false
    expect((await session.ready()).status).toBe('signed-in')
  })

  it('can end before its state is known, and without a network', async () => {
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
    await next.session.signIn(payload) // waits in the queue behind it
    expect(network.countSent('RefreshSession')).toBeLessThanOrEqual(2) // none from the next page
    expect(await endReasonOf(payload.session.id)).toBe('LOGOUT')
    expect(storage.items.size).toBe(0)
  })

  it('of a user who has signed in since survives an older pending sign-out', async () => {
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

  it('of a user who signs in while the page still starts survives it too', async () => {
    const { register, openPage, network } = createBrowser()
    network.isDown = true
    expect(await openPage().session.signOut()).toBe(false)
    network.isDown = false
    const payload = await register()
    const { session } = openPage()
    await Promise.all([session.ready(), session.signIn(payload)])
    await session.signIn(payload) // waits in the queue behind it
    expect(session.state().status).toBe('signed-in')
    expect(network.countSent('EndSession')).toBe(2) // requests that did not arrive
    expect(await endReasonOf(payload.session.id)).toBeNull()
  })
})
