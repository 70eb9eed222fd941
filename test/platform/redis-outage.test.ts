// Redis holds the counters for all replicas. When it goes away the limits neither fall nor close the house: each
// replica counts by itself. An attacker who brings Redis down gains one more budget per replica, and no second one
// by doing it again.
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { TestApp } from '../support/app/app.js'
import { getAuthError, newEmail, refresh } from '../support/app/client.js'
import { usesPostgres } from '../support/database/database.js'
import * as limits from '../support/app/rate-limits.js'
import {
  guessFromIp,
  outages,
  fetchReadiness,
  countLoggedOutages,
  waitUntilRedisUp,
} from '../support/processes/redis-outages.js'
import { hasRedis, startRedis, type RedisServer } from '../support/processes/redis-server.js'

const { countPasswordHashes, newIp, startRateLimitedApp, tally, tryLogin } = limits

describe.skipIf(!hasRedis)('Redis', () => {
  let redis: RedisServer
  const apps: TestApp[] = []
  const clock = new limits.FrozenClock()
  const indexes = Array.from({ length: 40 }, (_, i) => i)
  const appAt = (i: number) => apps[i % apps.length] as TestApp
  beforeAll(async () => {
    redis = await startRedis()
    const env = { REDIS_URL: redis.url }
    const first = await startRateLimitedApp({ clock, env })
    apps.push(first)
    // No two processes share an embedded database.
    if (usesPostgres) apps.push(await startRateLimitedApp({ clock, env, target: first.target }))
  })
  afterAll(async () => {
    redis.resume()
    for (const app of apps.toReversed()) await app.close()
    await redis.close()
  })

  it.each(outages)(
    '$what: every replica counts by itself, and says so once',
    async ({ begin, end, keepsCounters }) => {
      const ip = newIp()
      const before = await countPasswordHashes(...apps)
      const lines = apps.map(countLoggedOutages)
      const healthy = await guessFromIp(ip, apps, 12)
      expect(healthy.outcomes).toEqual({ INVALID_CREDENTIALS: 12 })

      await begin(redis)
      const duringOutage = await guessFromIp(ip, apps, 25 * apps.length)
      // The first of each replica may still be counted in Redis, by a script that runs where memory is full.
      expect(duringOutage.evaluated).toBeGreaterThanOrEqual(20 * apps.length)
      expect(duringOutage.evaluated).toBeLessThanOrEqual(21 * apps.length)
      expect(Object.keys(duringOutage.outcomes).sort()).toEqual([
        'INVALID_CREDENTIALS',
        'RATE_LIMITED 60',
      ])
      expect(duringOutage.p95).toBeLessThan(1_000)
      for (const app of apps) {
        expect(await limits.sumMetric('latchkey_redis_up', app)).toBe(0)
        expect(await fetchReadiness(app)).toEqual([200, 'down'])
      }

      await end(redis)
      await waitUntilRedisUp(...apps)
      for (const app of apps) expect(await fetchReadiness(app)).toEqual([200, 'up'])
      const after = apps.map(countLoggedOutages)
      expect(after).toEqual(lines.map((counts) => counts.map((n) => n + 1)))

      // Together again: what was left of the shared budget, or all of it where Redis came back empty.
      const afterOutage = await guessFromIp(ip, apps, 30)
      const evaluated = (await countPasswordHashes(...apps)) - before
      expect(afterOutage.evaluated + duringOutage.evaluated + 12).toBe(evaluated)
      expect(evaluated).toBeLessThanOrEqual(20 * apps.length + (keepsCounters ? 20 : 12 + 20))
      expect((await guessFromIp(ip, apps, apps.length)).evaluated).toBe(0)
    },
  )

  // A busy machine only lengthens a wait, so the shortest of several is close to the timeout.
  it('is silent: the first request waits for it, but only until the timeout of 150 ms', async () => {
    const app = appAt(0)
    let shortestMs = Infinity
    for (let outage = 0; outage < 6 && shortestMs > 450; outage += 1) {
      await refresh(app, 'forged') // the first request after a start is slow
      await waitUntilRedisUp(app)
      redis.pause()
      const start = performance.now()
      const answer = await refresh(app, 'forged') // reaches neither a password hash nor the database
      shortestMs = Math.min(shortestMs, performance.now() - start)
      const isUp = await limits.sumMetric('latchkey_redis_up', app)
      redis.resume()
      expect([getAuthError(answer).code, isUp]).toEqual(['INVALID_REFRESH_TOKEN', 0])
    }
    await waitUntilRedisUp(app)
    expect(shortestMs).toBeGreaterThan(100)
    expect(shortestMs).toBeLessThan(450)
  })

  it('goes away again and again: that gains one more budget per replica, and one more only', async () => {
    const ip = newIp()
    const before = await countPasswordHashes(...apps)
    for (let i = 0; i < 3; i += 1) {
      redis.pause()
      await guessFromIp(ip, apps, 12 * apps.length)
      redis.resume()
      await waitUntilRedisUp(...apps)
      await guessFromIp(ip, apps, 10)
    }
    const evaluated = (await countPasswordHashes(...apps)) - before
    expect(evaluated).toBeGreaterThan(20)
    expect(evaluated).toBeLessThanOrEqual(20 + 20 * apps.length)
  })

  it('goes away while one account is guessed at: five more failures per replica', async () => {
    const email = newEmail()
    const before = await countPasswordHashes(...apps)
    const storm = () => Promise.all(indexes.map((i) => tryLogin(appAt(i), { email, ip: newIp() })))
    expect(tally(await storm())).toEqual({ INVALID_CREDENTIALS: 5, 'RATE_LIMITED 1': 35 })
    redis.pause()
    const start = performance.now()
    const duringOutage = tally(await storm())
    expect(performance.now() - start).toBeLessThan(3_000)
    const five = 5 * apps.length
    expect(duringOutage).toEqual({ INVALID_CREDENTIALS: five, 'RATE_LIMITED 1': 40 - five })
    redis.resume()
    await waitUntilRedisUp(...apps)
    expect(tally(await storm())).toEqual({ 'RATE_LIMITED 1': 40 })
    expect(await countPasswordHashes(...apps)).toBe(before + 5 + five)
  })

  it('is not there when a replica starts: it starts, and joins when Redis is there', async () => {
    await redis.kill()
    const app = await startRateLimitedApp({ env: { REDIS_URL: redis.url } })
    onTestFinished(app.close)
    expect(await fetchReadiness(app)).toEqual([200, 'down'])
    expect(await limits.sumMetric('latchkey_redis_up', app)).toBe(0)
    const ip = newIp()
    expect((await guessFromIp(ip, [app], 22)).evaluated).toBe(20)
    await redis.restart()
    await waitUntilRedisUp(app, ...apps)
    expect(await fetchReadiness(app)).toEqual([200, 'up'])
    expect(countLoggedOutages(app)).toEqual([1, 1])
    const client = new Redis(redis.url)
    onTestFinished(() => {
      client.disconnect()
    })
    expect((await guessFromIp(ip, [app], 1)).evaluated).toBe(1)
    expect((await client.keys('latchkey:attempts:login:network:*')).length).toBe(1)
    expect((await client.keys('*')).join()).not.toMatch(/@|198\.18/)
  })
})
