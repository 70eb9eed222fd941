import type { StartTimer } from '../../src/platform/timer.js'

/** Timers that are over when a test says so. */
export function manualTimer() {
  const running = new Map<symbol, { ms: number; onTime: () => void }>()
  const startTimer: StartTimer = (ms, onTime) => {
    const id = Symbol()
    running.set(id, { ms, onTime })
    return () => running.delete(id)
  }
  return {
    startTimer,
    running: () => running.size,
    /** Lets those that run end that were started for at most so many milliseconds. */
    pass(ms: number) {
      for (const [id, timer] of running) {
        if (timer.ms > ms) continue
        running.delete(id)
        timer.onTime()
      }
    },
  }
}
