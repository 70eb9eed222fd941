/** The settings for the lifetime and number of sessions. */
export interface SessionOptions {
  /** Milliseconds until an unused session expires. */
  readonly idleLifetimeMs: number
  /** Milliseconds until a session expires, even if it is used. */
  readonly maxAgeMs: number
  /** The grace interval in milliseconds: how long a replaced refresh token still gets its successor. */
  readonly graceMs: number
  /** The maximum number of sessions of a user; 0: unlimited. */
  readonly maxPerUser: number
  /** At the maximum: evicts the least recently used session, or refuses the new one. */
  readonly limitPolicy: 'evict' | 'refuse'
}
