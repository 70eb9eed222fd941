// A sign-out counts at once, and the service hears of it sooner or later. What was under way does not undo it.
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { refusalOf, registerPerson } from '../support/app/client.js'
import { createSessionAt } from '../support/clients/session-clients.js'
import { createGate, createSessionNetwork } from '../support/clients/session-network.js'
import { createMemoryStorage } from '../support/clients/token-storage.js'

const app = await startApp()
afterAll(app.close)

const endOf = async (sessionId: string) =>
  (await app.db.session.findUniqueOrThrow({ where: { id: sessionId } })).endReason

/** Somebody whose sign-out did not reach the service. */
async function leaveOffline() {
  const storage = createMemoryStorage()
  const at = createSessionAt(app, { storage })
  const person = await at.register()
  at.network.down = true
  const leaving = at.session.signOut()
  expect(await leaving).toBe(false)
  expect(at.session.state()).toEqual({ status: 'signed-out', reason: 'SIGNED_OUT' })
  expect(await endOf(person.sessionId)).toBeNull()
  return { ...at, storage, person }
}

describe('signing out', () => {
  it('ends the session at the service, and leaves nothing behind', async () => {
    const storage = createMemoryStorage()
    const at = createSessionAt(app, { storage })
    const { sessionId } = await at.register()
    await at.session.signOut()
    expect(at.events).toEqual(['signed-in', 'signed-out: SIGNED_OUT'])
    expect(await endOf(sessionId)).toBe('LOGOUT')
    expect(storage.items.size).toBe(0)
    await at.session.signOut()
    expect(at.network.count('EndSession')).toBe(1)
  })

  it('counts at once without a network, and the next start tells the service', async () => {
    const { storage, person } = await leaveOffline()
    const offline = createSessionAt(app, { storage })
    offline.network.down = true
    expect((await offline.session.ready()).status).toBe('signed-out')
    await expect.poll(() => offline.network.count('EndSession'), { timeout: 10_000 }).toBe(2)
    const next = createSessionAt(app, { storage })
    expect(await next.session.ready()).toEqual({ status: 'signed-out', reason: null })
    await next.register() // stands in line behind it
    expect(await endOf(person.sessionId)).toBe('LOGOUT')
    expect(next.network.count('EndSession')).toBe(1)
    expect(JSON.parse([...storage.items.values()][0] ?? '')).toMatchObject({ leaving: [] })
  })

  it('is told of even when somebody signs in again before, who stays signed in', async () => {
    const { storage, session, person } = await leaveOffline()
    const other = await registerPerson(app)
    await session.signIn({ ...other, expiresIn: 600 })
    const next = createSessionAt(app, { storage })
    expect(await next.session.ready()).toEqual({ status: 'signed-in', userId: other.id })
    await next.signInAgain(other) // stands in line behind it
    expect(await endOf(person.sessionId)).toBe('LOGOUT')
    expect(await refusalOf(app, other.accessToken)).toBeUndefined()
    const third = createSessionAt(app, { storage })
    expect(await third.session.ready()).toEqual({ status: 'signed-in', userId: other.id })
    expect(third.network.sent).toEqual([])
  })
})

/** A session whose refresh is at the door of the service, and waits there. */
async function startRefreshing() {
  const own = createSessionNetwork()
  const gate = createGate()
  const storage = createMemoryStorage()
  const at = createSessionAt(app, { fetch: own.fetch, storage })
  const person = await at.register()
  own.fates.refresh = gate.fate
  app.clock.advance('11m')
  const token = at.session.accessToken()
  await gate.arrived
  return { ...at, gate, storage, person, token }
}

describe('while a refresh is under way', () => {
  it('signing in as somebody else ends with them', async () => {
    const { session, gate, storage, events, token, person } = await startRefreshing()
    const other = await registerPerson(app)
    const signedIn = session.signIn({ ...other, expiresIn: 600 })
    gate.open()
    await Promise.all([signedIn, token])
    expect(other.id).not.toBe(person.id)
    expect(session.state()).toEqual({ status: 'signed-in', userId: other.id })
    expect(await session.accessToken()).toBe(other.accessToken)
    expect(await createSessionAt(app, { storage }).session.accessToken()).toBe(other.accessToken)
    expect(events).toEqual(['signed-in', 'signed-in'])
  })

  it('signing out ends signed out, here and at the service', async () => {
    const { session, gate, storage, events, token, person } = await startRefreshing()
    const signedOut = session.signOut()
    await Promise.resolve()
    gate.open()
    expect(await token).toBeNull()
    await signedOut
    expect(await session.accessToken()).toBeNull()
    expect(events).toEqual(['signed-in', 'signed-out: SIGNED_OUT'])
    expect(await endOf(person.sessionId)).toBe('LOGOUT')
    expect(storage.items.size).toBe(0)
  })

  it('a page that is closed right after signing out still has the service told', async () => {
    const { session, storage, person } = await startRefreshing() // which never ends
    void session.signOut()
    await expect.poll(() => session.state().status, { timeout: 10_000 }).toBe('signed-out')
    const next = createSessionAt(app, { storage })
    expect(await next.session.ready()).toEqual({ status: 'signed-out', reason: null })
    await next.register()
    expect(await endOf(person.sessionId)).toBe('LOGOUT')
  })
})
