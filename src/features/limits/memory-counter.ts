import { LRUCache } from 'lru-cache'
import type { Clock } from '../../platform/clock.js'
import { AttemptLog } from './attempt-log.js'
import {
  firstDelay,
  longestDelay,
  memoryOfFailures,
  memoryOfFewFailures,
  type Backoff,
  type Counter,
} from './counter.js'

// Some 60 MB at most. A flood of addresses pushes out whoever asked least recently.
const mostKeys = 50_000
const mostTimes = 2_000_000
const asManyKeys = { maxSize: mostKeys, sizeCalculation: () => 1 } // `max` would take the memory at once

interface Failures {
  readonly count: number
  readonly last: number
}

const none: Failures = { count: 0, last: 0 }

/** Counts in this process. Nothing is awaited between reading and writing, so nothing comes in between. */
export function createMemoryCounter({ clock }: { clock: Clock }): Counter {
  const attempts = new LRUCache<string, { log: AttemptLog }>({
    max: mostKeys,
    maxSize: mostTimes,
    sizeCalculation: ({ log }) => log.length + 1,
  })
  // Apart, so that one failure each at any number of other accounts pushes out no account that is under attack.
  const few = new LRUCache<string, Failures>(asManyKeys)
  const many = new LRUCache<string, Failures>(asManyKeys)
  const now = () => clock.now().getTime()

  function failuresOf(key: string): Failures {
    const lasting = many.get(key)
    if (lasting && lasting.last > now() - memoryOfFailures) return lasting
    const passing = few.get(key)
    return passing && passing.last > now() - memoryOfFewFailures ? passing : none
  }

  function remember(key: string, failures: Failures, { free }: Backoff) {
    few.delete(key)
    many.delete(key)
    if (failures.count > 0) (failures.count < free ? few : many).set(key, failures)
  }

  return {
    async take(key, { max, window }) {
      const time = now()
      const log = attempts.get(key)?.log ?? new AttemptLog()
      log.noneAfter(time)
      log.dropUntil(time - window)
      const used = Math.min(log.length, max)
      const granted = used < max
      const oldest = log.at(-max) ?? log.at(0) ?? time
      if (granted) log.add(time)
      attempts.set(key, { log }) // a new object: the map weighs what it does not know yet
      return { used, granted, reset: oldest + window - time }
    },

    async guess(key, backoff) {
      const time = now()
      const { count, last } = failuresOf(key)
      const wait = Math.min(last, time) + delayAfter(count, backoff) - time
      if (wait > 0) return { granted: false, wait }
      remember(key, { count: count + 1, last: time }, backoff)
      return { granted: true, guess: { at: time, before: last } }
    },

    async putBack(key, { at, before }) {
      const map = many.has(key) ? many : few
      const { count, last } = map.get(key) ?? none
      if (count > 1) map.set(key, { count: count - 1, last: last === at ? before : last })
      else map.delete(key)
    },

    async resetFailures(key) {
      few.delete(key)
      many.delete(key)
    },
  }
}

const delayAfter = (failures: number, { free }: Backoff) =>
  failures < free ? 0 : Math.min(firstDelay * 2 ** Math.min(failures - free, 20), longestDelay)
