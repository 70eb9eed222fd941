/**
 * Source of the current time. Passed to all code that depends on time, so that tests set the time instead of waiting.
 */
export interface Clock {
  now(): Date
}

/** All clocks of the system. The clocks of replicas differ, but they share the database's clock. */
export interface SystemClock extends Clock {
  /** Milliseconds to add to the database's clock. Only tests set it. */
  readonly databaseOffsetMs: number
  /** Milliseconds since an arbitrary moment. Never set back: for measuring durations. */
  monotonicMs(): number
}

export const systemClock: SystemClock = {
  now: () => new Date(),
  databaseOffsetMs: 0,
  monotonicMs: () => performance.now(),
}

export const addMs = (time: Date, milliseconds: number) => new Date(time.getTime() + milliseconds)

export const toUnixSeconds = (time: Date) => Math.floor(time.getTime() / 1000)
