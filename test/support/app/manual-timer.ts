import type { Timer } from '../../../src/platform/timer.js'

/** A timer whose time passes when a test says so. */
export function createManualTimer() {
  const running = new Map<symbol, { ms: number; onTime: () => void }>()
  const timer: Timer = {
    now: () => 0,
    start(ms, onTime) {
      const id = Symbol()
      running.set(id, { ms, onTime })
      return () => running.delete(id)
    },
  }
  return {
    timer,
    running: () => running.size,
    /** Calls back those that were started for at most so many milliseconds. */
    advance(ms: number) {
      for (const [id, { ms: timeoutMs, onTime }] of running) {
        if (timeoutMs > ms) continue
        running.delete(id)
        onTime()
      }
    },
  }
}
