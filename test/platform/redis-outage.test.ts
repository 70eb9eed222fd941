// Redis holds the counters for all replicas. When it goes away the limits neither fall nor close the house: each
// replica counts by itself. An attacker who brings Redis down gains one more budget per replica, and no second one
// by doing it again.
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { TestApp } from '../support/app/app.js'
import { failure, newEmail, refresh } from '../support/app/client.js'
import { onPostgres } from '../support/database/database.js'
import * as limits from '../support/app/limits.js'
import {
  guessFrom,
  outages,
  readiness,
  toldOutages,
  untilUp,
} from '../support/processes/outages.js'
import { onRedis, startRedis, type RedisServer } from '../support/processes/redis-server.js'

const { hashesOf, newPlace, startLimitedApp, tally, tryLogin } = limits

describe.skipIf(!onRedis)('Redis', () => {
  let redis: RedisServer
  const apps: TestApp[] = []
  const clock = new limits.StillClock()
  const many = Array.from({ length: 40 }, (_, i) => i)
  const appAt = (i: number) => apps[i % apps.length] as TestApp
  beforeAll(async () => {
    redis = await startRedis()
    const env = { REDIS_URL: redis.url }
    const first = await startLimitedApp({ clock, env })
    apps.push(first)
    // No two processes share an embedded database.
    if (onPostgres) apps.push(await startLimitedApp({ clock, env, target: first.target }))
  })
  afterAll(async () => {
    redis.resume()
    for (const app of apps.toReversed()) await app.close()
    await redis.close()
  })

  it.each(outages)(
    '$what: every replica counts by itself, and says so once',
    async ({ begin, end, keeps }) => {
      const from = newPlace()
      const before = await hashesOf(...apps)
      const lines = apps.map(toldOutages)
      const healthy = await guessFrom(from, apps, 12)
      expect(healthy.outcomes).toEqual({ INVALID_CREDENTIALS: 12 })

      await begin(redis)
      const alone = await guessFrom(from, apps, 25 * apps.length)
      // The first of each replica may still be counted in Redis, by a script that runs where memory is full.
      expect(alone.evaluated).toBeGreaterThanOrEqual(20 * apps.length)
      expect(alone.evaluated).toBeLessThanOrEqual(21 * apps.length)
      expect(Object.keys(alone.outcomes).sort()).toEqual(['INVALID_CREDENTIALS', 'RATE_LIMITED 60'])
      expect(alone.p95).toBeLessThan(1_000)
      for (const app of apps) {
        expect(await limits.metricOf('latchkey_redis_up', app)).toBe(0)
        expect(await readiness(app)).toEqual([200, 'down'])
      }

      await end(redis)
      await untilUp(...apps)
      for (const app of apps) expect(await readiness(app)).toEqual([200, 'up'])
      const after = apps.map(toldOutages)
      expect(after).toEqual(lines.map((counts) => counts.map((n) => n + 1)))

      // Together again: what was left of the shared budget, or all of it where Redis came back empty.
      const together = await guessFrom(from, apps, 30)
      const evaluated = (await hashesOf(...apps)) - before
      expect(together.evaluated + alone.evaluated + 12).toBe(evaluated)
      expect(evaluated).toBeLessThanOrEqual(20 * apps.length + (keeps ? 20 : 12 + 20))
      expect((await guessFrom(from, apps, apps.length)).evaluated).toBe(0)
    },
  )

  // A busy machine only lengthens a wait, so the shortest of several is close to the timeout.
  it('is silent: the first request waits for it, but only until the timeout of 150 ms', async () => {
    const app = appAt(0)
    let shortest = Infinity
    for (let outage = 0; outage < 6 && shortest > 450; outage += 1) {
      await refresh(app, 'forged') // the first request after a start is slow
      await untilUp(app)
      redis.pause()
      const start = performance.now()
      const answer = await refresh(app, 'forged') // reaches neither a password hash nor the database
      shortest = Math.min(shortest, performance.now() - start)
      const up = await limits.metricOf('latchkey_redis_up', app)
      redis.resume()
      expect([failure(answer).code, up]).toEqual(['INVALID_REFRESH_TOKEN', 0])
    }
    await untilUp(app)
    expect(shortest).toBeGreaterThan(100)
    expect(shortest).toBeLessThan(450)
  })

  it('goes away again and again: that gains one more budget per replica, and one more only', async () => {
    const from = newPlace()
    const before = await hashesOf(...apps)
    for (let i = 0; i < 3; i += 1) {
      redis.pause()
      await guessFrom(from, apps, 12 * apps.length)
      redis.resume()
      await untilUp(...apps)
      await guessFrom(from, apps, 10)
    }
    const evaluated = (await hashesOf(...apps)) - before
    expect(evaluated).toBeGreaterThan(20)
    expect(evaluated).toBeLessThanOrEqual(20 + 20 * apps.length)
  })

  it('goes away while one account is guessed at: five more failures per replica', async () => {
    const email = newEmail()
    const before = await hashesOf(...apps)
    const storm = () =>
      Promise.all(many.map((i) => tryLogin(appAt(i), { email, from: newPlace() })))
    expect(tally(await storm())).toEqual({ INVALID_CREDENTIALS: 5, 'RATE_LIMITED 1': 35 })
    redis.pause()
    const start = performance.now()
    const alone = tally(await storm())
    expect(performance.now() - start).toBeLessThan(3_000)
    const five = 5 * apps.length
    expect(alone).toEqual({ INVALID_CREDENTIALS: five, 'RATE_LIMITED 1': 40 - five })
    redis.resume()
    await untilUp(...apps)
    expect(tally(await storm())).toEqual({ 'RATE_LIMITED 1': 40 })
    expect(await hashesOf(...apps)).toBe(before + 5 + five)
  })

  it('is not there when a replica starts: it starts, and joins when Redis is there', async () => {
    await redis.kill()
    const app = await startLimitedApp({ env: { REDIS_URL: redis.url } })
    onTestFinished(app.close)
    expect(await readiness(app)).toEqual([200, 'down'])
    expect(await limits.metricOf('latchkey_redis_up', app)).toBe(0)
    const from = newPlace()
    expect((await guessFrom(from, [app], 22)).evaluated).toBe(20)
    await redis.restart()
    await untilUp(app, ...apps)
    expect(await readiness(app)).toEqual([200, 'up'])
    expect(toldOutages(app)).toEqual([1, 1])
    const client = new Redis(redis.url)
    onTestFinished(() => {
      client.disconnect()
    })
    expect((await guessFrom(from, [app], 1)).evaluated).toBe(1)
    expect((await client.keys('latchkey:attempts:login:address:*')).length).toBe(1)
    expect((await client.keys('*')).join()).not.toMatch(/@|198\.18/)
  })
})
