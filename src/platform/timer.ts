/** Time that only runs forward, and calls back. Tests pass their own. */
export interface Timer {
  /** Milliseconds since some moment. */
  now(): number
  /** Calls back after so many milliseconds, unless the returned function is called before. */
  start(ms: number, onTime: () => void): () => void
}

export const systemTimer: Timer = {
  now: () => performance.now(),
  start(ms, onTime) {
    const timeout = setTimeout(onTime, ms)
    return () => {
      clearTimeout(timeout)
    }
  },
}
