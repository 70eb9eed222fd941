/** The settings that decide how long sessions live and how many there may be. */
export interface SessionOptions {
  /** Milliseconds until an unused session expires. */
  readonly idleLifetime: number
  /** Milliseconds until a session expires however much it is used. */
  readonly maxAge: number
  /** For how many milliseconds a replaced refresh token still gets its successor. */
  readonly grace: number
  /** How many sessions a user may have; 0: any number. */
  readonly maxPerUser: number
  /** What gives way when there are as many: the least recently used session, or the new one. */
  readonly limitPolicy: 'evict' | 'refuse'
}
