export interface Budget {
  readonly max: number
  /** Milliseconds. */
  readonly windowMs: number
}

export interface ReservationResult {
  /** Attempts within the window before this one; `max` when this one is refused. */
  readonly used: number
  readonly granted: boolean
  /** Milliseconds until the oldest attempt leaves the window, and another is granted. */
  readonly resetMs: number
}

/** How failures at one account slow down the next guess. */
export interface Backoff {
  /** Failures before the first delay. */
  readonly freeFailures: number
}

type GuessReservation =
  | { readonly granted: true; readonly guess: ReservedGuess }
  /** `wait`: milliseconds until the next guess is looked at. */
  | { readonly granted: false; readonly waitMs: number }

/** When a guess was taken and when the one before, milliseconds since 1970: what it takes to put it back. */
interface ReservedGuess {
  readonly reservedAtMs: number
  readonly previousAtMs: number
}

/**
 * Where attempts are counted. Asking is taking: what is granted has been counted in the same step, so that two
 * at once never share the last place (Keycloak CVE-2024-4629).
 */
export interface Counter {
  /** Takes one attempt of a sliding window. What is refused is not counted. */
  reserve(key: string, budget: Budget): Promise<ReservationResult>
  /** Takes one guess, counted as a failure until the failures are reset. */
  reserveGuess(key: string, backoff: Backoff): Promise<GuessReservation>
  /** One guess was not looked at after all: all is as it was before. */
  releaseGuess(key: string, guess: ReservedGuess): Promise<void>
  /** A guess was right: the account starts anew. */
  resetFailures(key: string): Promise<void>
}

/** Milliseconds after the last free failure; doubled by each further one. */
export const firstDelayMs = 1_000
/** Never a lock that somebody has to open. */
export const maxDelayMs = 15 * 60_000
/** How long failures are remembered that slow nobody down yet. */
export const belowThresholdTtlMs = 60 * 60_000
/** And those that do. */
export const aboveThresholdTtlMs = 24 * 60 * 60_000
