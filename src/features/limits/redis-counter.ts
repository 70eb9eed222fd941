import type { Redis } from 'ioredis'
import { randomUUID } from 'node:crypto'
import type { Clock } from '../../platform/clock.js'
import {
  firstDelayMs,
  maxDelayMs,
  aboveThresholdTtlMs,
  belowThresholdTtlMs,
  type Counter,
} from './counter.js'

/*
 * Redis runs each script atomically, so replicas do not race. Each script uses one key, so it also runs on a cluster.
 * The replica passes its own time, as it does for times in the database.
 */

// Attempts are a sorted set of their times. ARGV: now, window, max, a unique name for this attempt.
const reserveScript = `
local now, window, max = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local used = redis.call('ZCARD', KEYS[1])
local oldest = redis.call('ZRANGE', KEYS[1], math.max(0, used - max), math.max(0, used - max), 'WITHSCORES')[2]
if used < max then
  redis.call('ZADD', KEYS[1], now, ARGV[4])
  redis.call('PEXPIRE', KEYS[1], window)
end
return { used, oldest or ARGV[1] }`

// Failures are a hash of their number and the time of the last one. ARGV: now, free failures, first delay, longest
// delay, TTL below the threshold, TTL above it. Returns the wait and the time of the failure before.
const reserveGuessScript = `
local now, free = tonumber(ARGV[1]), tonumber(ARGV[2])
local count = tonumber(redis.call('HGET', KEYS[1], 'count') or 0)
local last = tonumber(redis.call('HGET', KEYS[1], 'last') or 0)
if last <= now - (count < free and ARGV[5] or ARGV[6]) then count, last = 0, 0 end
local delay = count < free and 0 or math.min(ARGV[3] * 2 ^ math.min(count - free, 20), ARGV[4])
local wait = math.min(last, now) + delay - now
if wait > 0 then return { wait, '0' } end
redis.call('HSET', KEYS[1], 'count', count + 1, 'last', ARGV[1])
redis.call('PEXPIRE', KEYS[1], count + 1 < free and ARGV[5] or ARGV[6])
return { 0, string.format('%.0f', last) }`

// ARGV: the time of this guess and the time of the guess before.
const releaseGuessScript = `
local count = tonumber(redis.call('HGET', KEYS[1], 'count') or 0)
if count <= 1 then return redis.call('DEL', KEYS[1]) end
redis.call('HINCRBY', KEYS[1], 'count', -1)
if redis.call('HGET', KEYS[1], 'last') == ARGV[1] then redis.call('HSET', KEYS[1], 'last', ARGV[2]) end`

declare module 'ioredis' {
  interface RedisCommander {
    reserveAttempt(...keyAndArguments: (string | number)[]): Promise<[number, string]>
    reserveGuess(...keyAndArguments: (string | number)[]): Promise<[number, string]>
    releaseGuess(key: string, reservedAtMs: number, previousAtMs: number): Promise<unknown>
  }
}

/** Counts in Redis for all replicas together. Throws when Redis does not answer in time. */
export function createRedisCounter({ redis, clock }: { redis: Redis; clock: Clock }): Counter {
  redis.defineCommand('reserveAttempt', { numberOfKeys: 1, lua: reserveScript })
  redis.defineCommand('reserveGuess', { numberOfKeys: 1, lua: reserveGuessScript })
  redis.defineCommand('releaseGuess', { numberOfKeys: 1, lua: releaseGuessScript })
  const now = () => clock.now().getTime()
  const replicaId = randomUUID()
  let attemptCount = 0

  return {
    async reserve(key, { max, windowMs }) {
      const nowMs = now()
      const attemptId = `${replicaId} ${(attemptCount += 1)}`
      const [used, oldest] = await redis.reserveAttempt(key, nowMs, windowMs, max, attemptId)
      const granted = used < max
      const resetMs = Math.min(Number(oldest), nowMs) + windowMs - nowMs // the clock may have been set back
      return { used: Math.min(used, max), granted, resetMs }
    },

    async reserveGuess(key, { freeFailures }) {
      const reservedAtMs = now()
      const [waitMs, previousAtMs] = await redis.reserveGuess(
        key,
        reservedAtMs,
        freeFailures,
        firstDelayMs,
        maxDelayMs,
        belowThresholdTtlMs,
        aboveThresholdTtlMs,
      )
      if (waitMs > 0) return { granted: false, waitMs }
      return { granted: true, guess: { reservedAtMs, previousAtMs: Number(previousAtMs) } }
    },

    async releaseGuess(key, { reservedAtMs, previousAtMs }) {
      await redis.releaseGuess(key, reservedAtMs, previousAtMs)
    },

    async resetFailures(key) {
      await redis.del(key)
    },
  }
}
