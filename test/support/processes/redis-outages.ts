import { Redis } from 'ioredis'
import { expect, vi } from 'vitest'
import type { TestApp } from '../app/app.js'
import { newEmail } from '../app/client.js'
import { sumMetric, tally, tryLogin } from '../app/rate-limits.js'
import type { RedisServer } from './redis-server.js'

/** How often the log reports that Redis was lost, and that it is back. */
export const countLoggedOutages = ({ logLines }: TestApp) =>
  ['Redis does not answer', 'Redis answers'].map(
    (text) => logLines.filter((line) => line.includes(text)).length,
  )

/** The response of `/readyz`. */
export async function fetchReadiness({ url }: TestApp) {
  const answer = await fetch(`${url}/readyz`)
  return [answer.status, ((await answer.json()) as { redis: string }).redis]
}

/** Waits until each app has noticed that Redis answers again: the app probes Redis four times per second. */
export const waitUntilRedisUp = (...apps: TestApp[]) =>
  vi.waitFor(
    async () => {
      for (const app of apps) expect(await sumMetric('latchkey_redis_up', app)).toBe(1)
    },
    { timeout: 10_000, interval: 20 },
  )

/** Guesses at a new account each time, always from one IP address. Returns the outcomes and durations. */
export async function guessFromIp(ip: string, apps: readonly TestApp[], times: number) {
  const outcomes: string[] = []
  const durationsMs: number[] = []
  for (let i = 0; i < times; i += 1) {
    const [app] = apps.slice(i % apps.length) as [TestApp]
    const startMs = performance.now()
    outcomes.push(await tryLogin(app, { email: newEmail(), ip }))
    durationsMs.push(performance.now() - startMs)
  }
  durationsMs.sort((a, b) => a - b)
  const p95Ms = durationsMs[Math.ceil(durationsMs.length * 0.95) - 1] ?? Infinity
  return {
    evaluated: tally(outcomes)['INVALID_CREDENTIALS'] ?? 0,
    outcomes: tally(outcomes),
    p95: p95Ms,
  }
}

type RedisChange = (redis: RedisServer) => unknown

/** A Redis command as an operator sends it. */
const sendCommand =
  (line: string): RedisChange =>
  async ({ url }) => {
    const [command = '', ...args] = line.split(' ')
    const client = new Redis(url, { lazyConnect: true })
    await client.connect()
    await client.call(command, ...args)
    client.disconnect()
  }

const pause: RedisChange = (redis) => {
  redis.pause()
}
const resume: RedisChange = (redis) => {
  redis.resume()
}

// `keepsCounters`: whether Redis keeps its counters.
export const outages: {
  what: string
  keepsCounters: boolean
  begin: RedisChange
  end: RedisChange
}[] = [
  { what: 'is silent', keepsCounters: true, begin: pause, end: resume },
  {
    what: 'was killed',
    keepsCounters: false,
    begin: (redis) => redis.kill(),
    end: (redis) => redis.restart(),
  },
  {
    what: 'is read-only',
    keepsCounters: true,
    begin: sendCommand('REPLICAOF 127.0.0.1 1'),
    end: sendCommand('REPLICAOF NO ONE'),
  },
  {
    what: 'is full',
    keepsCounters: true,
    begin: sendCommand('CONFIG SET maxmemory 1'),
    end: sendCommand('CONFIG SET maxmemory 0'),
  },
]
