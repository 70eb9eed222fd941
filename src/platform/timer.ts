/** Time that only runs forward, and calls back. Tests pass their own. */
export interface Timer {
  /** Milliseconds since some moment. */
  now(): number
  /** Calls back after so many milliseconds, unless the returned function is called before. */
  start(delayMs: number, onTimeout: () => void): () => void
}

export const systemTimer: Timer = {
  now: () => performance.now(),
  start(delayMs, onTimeout) {
    const timeout = setTimeout(onTimeout, delayMs)
    return () => {
      clearTimeout(timeout)
    }
  },
}
