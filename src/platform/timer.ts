/** A monotonic clock with timeouts. Tests pass their own. */
export interface Timer {
  /** Milliseconds since an arbitrary moment. */
  now(): number
  /** Calls `onTimeout` after `delayMs`, unless the returned function is called before. */
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
