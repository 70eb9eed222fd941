// Subscriptions of another service over graphql-ws: every connection begins with a token that is good.
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { sessionSocket, type Session, type SessionOptions } from '@latchkey/client'
import { createVerifier } from '@latchkey/verify'
import { startApp, type TestApp } from '../support/app/app.js'
import { registerPerson } from '../support/app/client.js'
import { createSessionFixture } from '../support/clients/session-fixture.js'
import { startSubscriptionService } from '../support/gateways/subscription-service.js'

type Service = Awaited<ReturnType<typeof startSubscriptionService>>

let app: TestApp
const services: Service[] = []
beforeAll(async () => {
  app = await startApp()
})
afterAll(async () => {
  for (const service of services) await service.close()
  await app.close()
})

async function start(options: Partial<SessionOptions> = {}, audience = 'http://localhost:4000') {
  const jwksUrl = `${app.url}/.well-known/jwks.json`
  const issuer = 'http://localhost:4000'
  const verifier = createVerifier({ issuer, audience, jwksUrl, clock: app.clock })
  const service = await startSubscriptionService(verifier)
  services.push(service)
  return { service, ...createSessionFixture(app, options) }
}

/** A subscription as an application has it, and what came of it so far. */
function startSubscription(service: Service, session: Session) {
  const socket = createClient({
    webSocketImpl: WebSocket,
    retryWait: () => Promise.resolve(),
    ...sessionSocket(session, { url: service.url, origins: [service.url] }),
  })
  const received: unknown[] = []
  const ended = new Promise<unknown>((resolve) => {
    socket.subscribe<{ userId: string | null }>(
      { query: 'subscription { userId }' },
      {
        next: ({ data }) => received.push(data?.userId),
        error: resolve,
        complete: () => {
          resolve(null)
        },
      },
    )
  })
  /** What it is told when something happens, once it is connected for the nth time. */
  const next = async (nth: number) => {
    await expect.poll(() => service.live.subscriptions, { interval: 5, timeout: 10_000 }).toBe(nth)
    service.tick()
    await expect.poll(() => received.length, { interval: 5, timeout: 10_000 }).toBe(nth)
    return received.at(-1)
  }
  return { socket, over: ended, next }
}

describe('a subscription with a session', () => {
  it('goes on with another token when the one of its connection has expired', async () => {
    const { service, session, register, network, events } = await start()
    const { id } = await register()
    const { next, socket } = startSubscription(service, session)
    expect(await next(1)).toBe(id)
    for (const nth of [2, 3]) {
      app.clock.advance('11m')
      await service.closeExpired()
      expect(await next(nth)).toBe(id)
    }
    expect(new Set(service.connections).size).toBe(3)
    expect(network.countSent('RefreshSession')).toBe(2)
    expect(events).toEqual(['signed-in'])
    await socket.dispose()
  })

  it('goes on too when only the service knows that it has expired', async () => {
    const { service, session, register, network } = await start({ now: () => 0 })
    const { id } = await register()
    app.clock.advance('11m')
    const { next, socket } = startSubscription(service, session)
    expect(await next(1)).toBe(id)
    expect(service.connections).toHaveLength(2)
    expect(network.countSent('RefreshSession')).toBe(1)
    await socket.dispose()
  })

  it('connects without a token where nobody is signed in', async () => {
    const { service, session } = await start()
    const { next, socket } = startSubscription(service, session)
    expect(await next(1)).toBeNull()
    expect(service.connections).toEqual([null])
    await socket.dispose()
  })

  it('follows who is signed in, where a change of that terminates the connection', async () => {
    const { service, session, register } = await start()
    const { id } = await register()
    const { next, socket } = startSubscription(service, session)
    session.subscribe(() => {
      socket.terminate()
    })
    expect(await next(1)).toBe(id)
    const other = await registerPerson(app)
    await session.signIn({ ...other, expiresIn: 600 })
    expect(await next(2)).toBe(other.id)
    await session.signOut()
    expect(await next(3)).toBeNull()
    await socket.dispose()
  })

  it('ends where every token is refused, after one refresh', async () => {
    const { service, session, register, network, events } = await start({}, 'somebody else')
    await register()
    const { over } = startSubscription(service, session)
    expect(await over).toMatchObject({ code: 4403 })
    expect(network.countSent('RefreshSession')).toBe(1)
    expect(new Set(service.connections).size).toBe(2)
    expect(events).toEqual(['signed-in'])
  })
})
