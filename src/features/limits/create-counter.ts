import type { Clock } from '../../platform/clock.js'
import type { RedisLink } from '../../platform/redis.js'
import type { Counter } from './counter.js'
import { createMemoryCounter } from './memory-counter.js'
import { createRedisCounter } from './redis-counter.js'
import { createResilientCounter } from './resilient-counter.js'

/** Counts in Redis while it answers, otherwise in memory. */
export function createCounter({ clock, link }: { clock: Clock; link: RedisLink | null }): Counter {
  const local = createMemoryCounter({ clock })
  if (!link) return local
  const shared = createRedisCounter({ redis: link.client, clock })
  return createResilientCounter({ link, shared, local })
}
