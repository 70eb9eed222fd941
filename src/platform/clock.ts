/** Where "now" comes from. Handed to whatever depends on time, so that tests move a hand, not wait. */
export interface Clock {
  now(): Date
}

/** The clocks of the whole system: replicas disagree about `now`, but they share the database's clock. */
export interface SystemClock extends Clock {
  /** Milliseconds to add to the database's clock. Only tests, which move time, set it. */
  readonly databaseOffsetMs: number
  /** Milliseconds since some moment. Never set back: it measures how long something took. */
  monotonicMs(): number
}

export const systemClock: SystemClock = {
  now: () => new Date(),
  databaseOffsetMs: 0,
  monotonicMs: () => performance.now(),
}

export const addMs = (time: Date, milliseconds: number) => new Date(time.getTime() + milliseconds)

export const toUnixSeconds = (time: Date) => Math.floor(time.getTime() / 1000)
