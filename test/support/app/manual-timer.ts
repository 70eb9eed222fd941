import type { Timer } from '../../../src/platform/timer.js'

/** A timer whose time advances only when a test advances it. */
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
    /** Calls back all timers of at most this many milliseconds. */
    advance(ms: number) {
      for (const [id, { ms: timeoutMs, onTime }] of running) {
        if (timeoutMs > ms) continue
        running.delete(id)
        onTime()
      }
    },
  }
}
