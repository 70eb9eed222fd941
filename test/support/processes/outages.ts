import { Redis } from 'ioredis'
import { expect, vi } from 'vitest'
import type { TestApp } from '../app/app.js'
import { newEmail } from '../app/client.js'
import { metricOf, tally, tryLogin } from '../app/limits.js'
import type { RedisServer } from './redis-server.js'

/** How often the log said that Redis was lost, and that it is back. */
export const toldOutages = ({ logLines }: TestApp) =>
  ['Redis does not answer', 'Redis answers'].map(
    (text) => logLines.filter((line) => line.includes(text)).length,
  )

/** What `/readyz` says. */
export async function readiness({ url }: TestApp) {
  const answer = await fetch(`${url}/readyz`)
  return [answer.status, ((await answer.json()) as { redis: string }).redis]
}

/** Until each app has noticed: the link looks for Redis four times a second. */
export const untilUp = (...apps: TestApp[]) =>
  vi.waitFor(
    async () => {
      for (const app of apps) expect(await metricOf('latchkey_redis_up', app)).toBe(1)
    },
    { timeout: 10_000, interval: 20 },
  )

/** The outcome of guesses at ever new accounts from one address, and how long each took. */
export async function guessFrom(from: string, apps: readonly TestApp[], times: number) {
  const outcomes: string[] = []
  const waits: number[] = []
  for (let i = 0; i < times; i += 1) {
    const [app] = apps.slice(i % apps.length) as [TestApp]
    const start = performance.now()
    outcomes.push(await tryLogin(app, { email: newEmail(), from }))
    waits.push(performance.now() - start)
  }
  waits.sort((a, b) => a - b)
  const p95 = waits[Math.ceil(waits.length * 0.95) - 1] ?? Infinity
  return { evaluated: tally(outcomes)['INVALID_CREDENTIALS'] ?? 0, outcomes: tally(outcomes), p95 }
}

type Change = (redis: RedisServer) => unknown

/** A command of an operator's. */
const send =
  (line: string): Change =>
  async ({ url }) => {
    const [command = '', ...args] = line.split(' ')
    const client = new Redis(url, { lazyConnect: true })
    await client.connect()
    await client.call(command, ...args)
    client.disconnect()
  }

const pause: Change = (redis) => {
  redis.pause()
}
const resume: Change = (redis) => {
  redis.resume()
}

// `keeps`: whether it remembers what it counted.
export const outages: { what: string; keeps: boolean; begin: Change; end: Change }[] = [
  { what: 'is silent', keeps: true, begin: pause, end: resume },
  { what: 'was killed', keeps: false, begin: (it) => it.kill(), end: (it) => it.restart() },
  {
    what: 'may only be read',
    keeps: true,
    begin: send('REPLICAOF 127.0.0.1 1'),
    end: send('REPLICAOF NO ONE'),
  },
  {
    what: 'is full',
    keeps: true,
    begin: send('CONFIG SET maxmemory 1'),
    end: send('CONFIG SET maxmemory 0'),
  },
]
