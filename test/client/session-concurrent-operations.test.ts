// Simulates a screen full of components after the access token has expired: many operations at once, one refresh.
import { afterAll, describe, expect, it } from 'vitest'
import { MeDocument, MySessionsDocument } from '@latchkey/client/operations'
import { startApp } from '../support/app/app.js'
import { bindings, createSessionFixture } from '../support/clients/session-fixture.js'

const app = await startApp()
afterAll(app.close)

describe.each(Object.entries(bindings))('%s with a session', (_, create) => {
  const start = async () => {
    const fixture = createSessionFixture(app)
    const person = await fixture.register()
    return {
      ...fixture,
      person,
      client: create(fixture.session, fixture.url, fixture.network.fetch),
    }
  }

  it('answers 25 concurrent operations with an expired token after one proactive refresh', async () => {
    const { client, network, person } = await start()
    app.clock.advance('11m')
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, i) => client.query(MySessionsDocument, { first: i + 1 })),
    )
    for (const { data } of answers) expect(data?.me?.id).toBe(person.id)
    expect(network.countSent('RefreshSession')).toBe(1)
    expect(network.countSent('MySessions')).toBe(25)
  })

  it('refreshes once too when only the service knows that the token has expired', async () => {
    const fixture = createSessionFixture(app, { now: () => 0 })
    const person = await fixture.register()
    const client = create(fixture.session, fixture.url, fixture.network.fetch)
    app.clock.advance('11m')
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, i) => client.query(MySessionsDocument, { first: i + 1 })),
    )
    for (const { data, error } of answers) {
      expect(error).toBeUndefined()
      expect(data?.me?.id).toBe(person.id)
    }
    expect(fixture.network.countSent('RefreshSession')).toBe(1)
    expect(fixture.network.countSent('MySessions')).toBe(50)
    expect(fixture.events).toEqual(['signed-in'])
  })

  it('reports once that the session has ended, and retries nothing', async () => {
    const { client, network, events, person, session } = await start()
    await app.db.session.updateMany({
      where: { userId: person.id },
      data: { endedAt: app.clock.now(), endReason: 'REVOKED' },
    })
    const answers = await Promise.all(
      Array.from({ length: 25 }, () => client.query(MeDocument, {})),
    )
    for (const { data } of answers) expect(data?.me).toBeNull()
    expect(network.countSent('RefreshSession')).toBe(1)
    expect(events).toEqual(['signed-in', 'signed-out: SESSION_ENDED'])
    expect(session.state()).toEqual({ status: 'signed-out', reason: 'SESSION_ENDED' })
    const before = network.sent.length
    await client.query(MeDocument, {})
    expect(network.sent.length).toBe(before + 1)
  })
})
