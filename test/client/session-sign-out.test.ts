// A sign-out takes effect at once, and the service receives it sooner or later. Requests in progress do not undo it.
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { getRefusalReason, registerPerson } from '../support/app/client.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'
import { createGate, createSessionNetwork } from '../support/clients/session-network.js'
import { createMemoryStorage } from '../support/clients/token-storage.js'

const app = await startApp()
afterAll(app.close)

const endReasonOf = async (sessionId: string) =>
  (await app.db.session.findUniqueOrThrow({ where: { id: sessionId } })).endReason

/** A user whose sign-out did not reach the service. */
async function signOutOffline() {
  const storage = createMemoryStorage()
  const fixture = createSessionFixture(app, { storage })
  const person = await fixture.register()
  fixture.network.isDown = true
  const leaving = fixture.session.signOut()
  expect(await leaving).toBe(false)
  expect(fixture.session.state()).toEqual({ status: 'signed-out', reason: 'SIGNED_OUT' })
  expect(await endReasonOf(person.sessionId)).toBeNull()
  return { ...fixture, storage, person }
}

describe('signing out', () => {
  it('ends the session at the service and clears the storage', async () => {
    const storage = createMemoryStorage()
    const fixture = createSessionFixture(app, { storage })
    const { sessionId } = await fixture.register()
    await fixture.session.signOut()
    expect(fixture.events).toEqual(['signed-in', 'signed-out: SIGNED_OUT'])
    expect(await endReasonOf(sessionId)).toBe('LOGOUT')
    expect(storage.items.size).toBe(0)
    await fixture.session.signOut()
    expect(fixture.network.countSent('EndSession')).toBe(1)
  })

  it('takes effect at once without a network, and the next start tells the service', async () => {
    const { storage, person } = await signOutOffline()
    const offline = createSessionFixture(app, { storage })
    offline.network.isDown = true
    expect((await offline.session.ready()).status).toBe('signed-out')
    await expect.poll(() => offline.network.countSent('EndSession'), { timeout: 10_000 }).toBe(2)
    const next = createSessionFixture(app, { storage })
    expect(await next.session.ready()).toEqual({ status: 'signed-out', reason: null })
    await next.register() // waits in the queue behind it
    expect(await endReasonOf(person.sessionId)).toBe('LOGOUT')
    expect(next.network.countSent('EndSession')).toBe(1)
    expect(JSON.parse([...storage.items.values()][0] ?? '')).toMatchObject({ leaving: [] })
  })

  it('reaches the service even if another user signs in first, who stays signed in', async () => {
    const { storage, session, person } = await signOutOffline()
    const other = await registerPerson(app)
    await session.signIn({ ...other, expiresIn: 600 })
    const next = createSessionFixture(app, { storage })
    expect(await next.session.ready()).toEqual({ status: 'signed-in', userId: other.id })
    await next.signInAgain(other) // waits in the queue behind it
    expect(await endReasonOf(person.sessionId)).toBe('LOGOUT')
    expect(await getRefusalReason(app, other.accessToken)).toBeUndefined()
    const third = createSessionFixture(app, { storage })
    expect(await third.session.ready()).toEqual({ status: 'signed-in', userId: other.id })
    expect(third.network.sent).toEqual([])
  })
})

/** A session whose refresh has reached the service and waits there. */
async function startRefreshing() {
  const sessionNetwork = createSessionNetwork()
  const gate = createGate()
  const storage = createMemoryStorage()
  const fixture = createSessionFixture(app, { fetch: sessionNetwork.fetch, storage })
  const person = await fixture.register()
  sessionNetwork.fates.refresh = gate.handler
  app.clock.advance('11m')
  const token = fixture.session.accessToken()
  await gate.arrived
  return { ...fixture, gate, storage, person, token }
}

describe('while a refresh is in progress', () => {
  it('signing in as another user ends with that user signed in', async () => {
    const { session, gate, storage, events, token, person } = await startRefreshing()
    const other = await registerPerson(app)
    const signedIn = session.signIn({ ...other, expiresIn: 600 })
    gate.open()
    await Promise.all([signedIn, token])
    expect(other.id).not.toBe(person.id)
    expect(session.state()).toEqual({ status: 'signed-in', userId: other.id })
    expect(await session.accessToken()).toBe(other.accessToken)
    expect(await createSessionFixture(app, { storage }).session.accessToken()).toBe(
      other.accessToken,
    )
    expect(events).toEqual(['signed-in', 'signed-in'])
  })

  it('signing out ends with the user signed out, locally and at the service', async () => {
    const { session, gate, storage, events, token, person } = await startRefreshing()
    const signedOut = session.signOut()
    await Promise.resolve()
    gate.open()
    expect(await token).toBeNull()
    await signedOut
    expect(await session.accessToken()).toBeNull()
    expect(events).toEqual(['signed-in', 'signed-out: SIGNED_OUT'])
    expect(await endReasonOf(person.sessionId)).toBe('LOGOUT')
    expect(storage.items.size).toBe(0)
  })

  it('a page that closes right after a sign-out still tells the service', async () => {
    const { session, storage, person } = await startRefreshing() // which never ends
    void session.signOut()
    await expect.poll(() => session.state().status, { timeout: 10_000 }).toBe('signed-out')
    const next = createSessionFixture(app, { storage })
    expect(await next.session.ready()).toEqual({ status: 'signed-out', reason: null })
    await next.register()
    expect(await endReasonOf(person.sessionId)).toBe('LOGOUT')
  })
})
