/** The settings that decide how long sessions live and how many there may be. */
export interface SessionOptions {
  /** Milliseconds until an unused session expires. */
  readonly idleLifetimeMs: number
  /** Milliseconds until a session expires however much it is used. */
  readonly maxAgeMs: number
  /** For how many milliseconds a replaced refresh token still gets its successor. */
  readonly graceMs: number
  /** How many sessions a user may have; 0: any number. */
  readonly maxPerUser: number
  /** What gives way when there are as many: the least recently used session, or the new one. */
  readonly limitPolicy: 'evict' | 'refuse'
}
