// A server that renders pages creates a session for each request. The sessions share nothing and leave nothing running.
import { once } from 'node:events'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { startChild } from '../support/processes/child.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'

const app = await startApp()
afterAll(app.close)

describe('sessions on a server', () => {
  it('share nothing, even under one name', async () => {
    const [one, two] = [createSessionFixture(app), createSessionFixture(app)]
    const [first, second] = [await one.register(), await two.register()]
    expect(await one.session.accessToken()).toBe(first.accessToken)
    expect(await two.session.accessToken()).toBe(second.accessToken)
    await one.session.signOut()
    expect(await two.session.accessToken()).toBe(second.accessToken)
    expect([one.events.length, two.events.length]).toEqual([2, 1])
  })

  it('send nothing before they are used', async () => {
    const fixture = createSessionFixture(app, { transport: 'COOKIE' })
    await new Promise((resolve) => setImmediate(resolve))
    expect(fixture.network.sent).toEqual([])
    expect(fixture.session.state()).toEqual({ status: 'loading' })
    fixture.session.close()
  })

  it('keep no process alive, change no globals, and end with the last response', async () => {
    const child = startChild(new URL('children/session.ts', import.meta.url), app.url)
    const messages: unknown[] = []
    child.on('message', (message) => messages.push(message))
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(0)
    expect(messages).toEqual([{ added: [], timers: [], states: ['loading', 'signed-out'] }])
  })
})
