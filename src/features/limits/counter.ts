export interface Budget {
  readonly max: number
  /** Milliseconds. */
  readonly windowMs: number
}

export interface ReservationResult {
  /** Attempts in the window before this one; `max` when this one is refused. */
  readonly used: number
  readonly granted: boolean
  /** Milliseconds until the oldest attempt leaves the window and the next one is granted. */
  readonly resetMs: number
}

/** How failures on one account delay the next guess. */
export interface Backoff {
  /** Failures before the first delay. */
  readonly freeFailures: number
}

type GuessReservation =
  | { readonly granted: true; readonly guess: ReservedGuess }
  /** `waitMs`: milliseconds until the next guess is evaluated. */
  | { readonly granted: false; readonly waitMs: number }

/** The times of this guess and the one before, in milliseconds since 1970. `releaseGuess` needs them. */
interface ReservedGuess {
  readonly reservedAtMs: number
  readonly previousAtMs: number
}

/**
 * Counts attempts. A reservation is granted and counted in one step. So of two concurrent attempts, only one gets the
 * last attempt of a budget (Keycloak CVE-2024-4629).
 */
export interface Counter {
  /** Takes one attempt of a sliding window. Refused attempts are not counted. */
  reserve(key: string, budget: Budget): Promise<ReservationResult>
  /** Takes one guess and counts it as a failure until the failures are reset. */
  reserveGuess(key: string, backoff: Backoff): Promise<GuessReservation>
  /** The guess was not evaluated: restores the state before it. */
  releaseGuess(key: string, guess: ReservedGuess): Promise<void>
  /** A guess was right: the account starts again at zero failures. */
  resetFailures(key: string): Promise<void>
}

/** The delay after the last free failure, in milliseconds. Each further failure doubles it. */
export const firstDelayMs = 1_000
/** The longest delay, in milliseconds. No account is locked until a person unlocks it. */
export const maxDelayMs = 15 * 60_000
/** TTL of failures below the lockout threshold, in milliseconds. */
export const belowThresholdTtlMs = 60 * 60_000
/** TTL of failures above the lockout threshold, in milliseconds. */
export const aboveThresholdTtlMs = 24 * 60 * 60_000
