import { LRUCache } from 'lru-cache'
import type { Clock } from '../../platform/clock.js'
import {
  firstDelay,
  longestDelay,
  memoryOfFailures,
  type Backoff,
  type Counter,
} from './counter.js'

// Some 20 MB at most. A flood of addresses pushes out whoever asked least recently.
const mostKeys = 100_000

/** Counts in this process. Nothing is awaited between reading and writing, so nothing comes in between. */
export function createMemoryCounter({ clock }: { clock: Clock }): Counter {
  const attempts = new LRUCache<string, number[]>({ max: mostKeys })
  const failures = new LRUCache<string, { count: number; last: number }>({ max: mostKeys })

  return {
    async take(key, { max, window }) {
      const now = clock.now().getTime()
      const live = (attempts.get(key) ?? []).filter((time) => time > now - window)
      const granted = live.length < max
      const oldest = live.at(-max) ?? live[0] ?? now
      const used = Math.min(live.length, max)
      if (granted) live.push(now)
      attempts.set(key, live)
      return { used, granted, reset: oldest + window - now }
    },

    async guess(key, backoff) {
      const now = clock.now().getTime()
      const known = failures.get(key)
      const { count, last } =
        known && known.last > now - memoryOfFailures ? known : { count: 0, last: 0 }
      const wait = last + delayAfter(count, backoff) - now
      if (wait > 0) return { granted: false, wait }
      failures.set(key, { count: count + 1, last: now })
      return { granted: true, wait: 0 }
    },

    async withdrawGuess(key) {
      const known = failures.get(key)
      if (known) failures.set(key, { ...known, count: Math.max(0, known.count - 1) })
    },

    async forgiveGuesses(key) {
      failures.delete(key)
    },
  }
}

const delayAfter = (failures: number, { free }: Backoff) =>
  failures < free ? 0 : Math.min(firstDelay * 2 ** Math.min(failures - free, 20), longestDelay)
