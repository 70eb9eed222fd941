import type { Redis } from 'ioredis'
import { randomUUID } from 'node:crypto'
import type { Clock } from '../../platform/clock.js'
import { firstDelay, longestDelay, memoryOfFailures, type Counter } from './counter.js'

/*
 * Redis runs a script as one step, so the replicas take turns. Each script has one key: it runs on a cluster,
 * too. The time is the replica's: times in the database are as well.
 */

// Attempts are a sorted set of their times. ARGV: now, window, max, a name for this attempt.
const take = `
local now, window, max = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local used = redis.call('ZCARD', KEYS[1])
local oldest = redis.call('ZRANGE', KEYS[1], math.max(0, used - max), math.max(0, used - max), 'WITHSCORES')[2]
if used < max then
  redis.call('ZADD', KEYS[1], now, ARGV[4])
  redis.call('PEXPIRE', KEYS[1], window)
end
return { used, oldest or ARGV[1] }`

// Failures are their number and the time of the last. ARGV: now, memory, free, first delay, longest delay.
const guess = `
local now, memory, free = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local count = tonumber(redis.call('HGET', KEYS[1], 'count') or 0)
local last = tonumber(redis.call('HGET', KEYS[1], 'last') or 0)
if last <= now - memory then count = 0 end
local delay = count < free and 0 or math.min(ARGV[4] * 2 ^ math.min(count - free, 20), ARGV[5])
local wait = last + delay - now
if wait > 0 then return wait end
redis.call('HSET', KEYS[1], 'count', count + 1, 'last', ARGV[1])
redis.call('PEXPIRE', KEYS[1], memory)
return 0`

const withdraw = `
if tonumber(redis.call('HGET', KEYS[1], 'count') or 0) > 0 then redis.call('HINCRBY', KEYS[1], 'count', -1) end`

declare module 'ioredis' {
  interface RedisCommander {
    takeAttempt(...keyAndArguments: (string | number)[]): Promise<[number, string]>
    takeGuess(...keyAndArguments: (string | number)[]): Promise<number>
    withdrawGuess(key: string): Promise<null>
  }
}

/** Counts in Redis, for all replicas together. Throws when Redis does not answer in time. */
export function createRedisCounter({ redis, clock }: { redis: Redis; clock: Clock }): Counter {
  redis.defineCommand('takeAttempt', { numberOfKeys: 1, lua: take })
  redis.defineCommand('takeGuess', { numberOfKeys: 1, lua: guess })
  redis.defineCommand('withdrawGuess', { numberOfKeys: 1, lua: withdraw })
  const now = () => clock.now().getTime()
  const replica = randomUUID()
  let attempts = 0

  return {
    async take(key, { max, window }) {
      const time = now()
      const name = `${replica} ${(attempts += 1)}`
      const [used, oldest] = await redis.takeAttempt(key, time, window, max, name)
      const granted = used < max
      return { used: Math.min(used, max), granted, reset: Number(oldest) + window - time }
    },

    async guess(key, { free }) {
      const wait = await redis.takeGuess(
        key,
        now(),
        memoryOfFailures,
        free,
        firstDelay,
        longestDelay,
      )
      return { granted: wait === 0, wait }
    },

    async withdrawGuess(key) {
      await redis.withdrawGuess(key)
    },

    async forgiveGuesses(key) {
      await redis.del(key)
    },
  }
}
