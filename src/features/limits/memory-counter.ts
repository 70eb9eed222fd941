import { LRUCache } from 'lru-cache'
import type { Clock } from '../../platform/clock.js'
import { AttemptLog } from './attempt-log.js'
import {
  firstDelayMs,
  maxDelayMs,
  aboveThresholdTtlMs,
  belowThresholdTtlMs,
  type Backoff,
  type Counter,
} from './counter.js'

// Some 60 MB at most. A flood of addresses pushes out whoever asked least recently.
const maxKeys = 50_000
const maxTimestamps = 2_000_000
const keyLimit = { maxSize: maxKeys, sizeCalculation: () => 1 } // `max` would take the memory at once

interface Failures {
  readonly count: number
  readonly lastAtMs: number
}

const noFailures: Failures = { count: 0, lastAtMs: 0 }

/** Counts in this process. Nothing is awaited between reading and writing, so nothing comes in between. */
export function createMemoryCounter({ clock }: { clock: Clock }): Counter {
  const attempts = new LRUCache<string, { attemptLog: AttemptLog }>({
    max: maxKeys,
    maxSize: maxTimestamps,
    sizeCalculation: ({ attemptLog }) => attemptLog.length + 1,
  })
  // Apart, so that one failure each at any number of other accounts pushes out no account that is under attack.
  const belowThreshold = new LRUCache<string, Failures>(keyLimit)
  const aboveThreshold = new LRUCache<string, Failures>(keyLimit)
  const now = () => clock.now().getTime()

  function failuresOf(key: string): Failures {
    const above = aboveThreshold.get(key)
    if (above && above.lastAtMs > now() - aboveThresholdTtlMs) return above
    const below = belowThreshold.get(key)
    return below && below.lastAtMs > now() - belowThresholdTtlMs ? below : noFailures
  }

  function storeFailures(key: string, failures: Failures, { freeFailures }: Backoff) {
    belowThreshold.delete(key)
    aboveThreshold.delete(key)
    if (failures.count > 0)
      (failures.count < freeFailures ? belowThreshold : aboveThreshold).set(key, failures)
  }

  return {
    async reserve(key, { max, windowMs }) {
      const nowMs = now()
      const attemptLog = attempts.get(key)?.attemptLog ?? new AttemptLog()
      attemptLog.clampTo(nowMs)
      attemptLog.dropUntil(nowMs - windowMs)
      const used = Math.min(attemptLog.length, max)
      const granted = used < max
      const oldest = attemptLog.at(-max) ?? attemptLog.at(0) ?? nowMs
      if (granted) attemptLog.add(nowMs)
      attempts.set(key, { attemptLog }) // a new object: the map weighs what it does not know yet
      return { used, granted, resetMs: oldest + windowMs - nowMs }
    },

    async reserveGuess(key, backoff) {
      const nowMs = now()
      const { count, lastAtMs } = failuresOf(key)
      const waitMs = Math.min(lastAtMs, nowMs) + delayMsAfter(count, backoff) - nowMs
      if (waitMs > 0) return { granted: false, waitMs }
      storeFailures(key, { count: count + 1, lastAtMs: nowMs }, backoff)
      return { granted: true, guess: { reservedAtMs: nowMs, previousAtMs: lastAtMs } }
    },

    async releaseGuess(key, { reservedAtMs, previousAtMs }) {
      const map = aboveThreshold.has(key) ? aboveThreshold : belowThreshold
      const { count, lastAtMs } = map.get(key) ?? noFailures
      if (count > 1)
        map.set(key, {
          count: count - 1,
          lastAtMs: lastAtMs === reservedAtMs ? previousAtMs : lastAtMs,
        })
      else map.delete(key)
    },

    async resetFailures(key) {
      belowThreshold.delete(key)
      aboveThreshold.delete(key)
    },
  }
}

const delayMsAfter = (failures: number, { freeFailures }: Backoff) =>
  failures < freeFailures
    ? 0
    : Math.min(firstDelayMs * 2 ** Math.min(failures - freeFailures, 20), maxDelayMs)
