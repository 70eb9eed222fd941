export interface Budget {
  readonly max: number
  /** Milliseconds. */
  readonly window: number
}

export interface Taken {
  /** Attempts within the window before this one; `max` when this one is refused. */
  readonly used: number
  readonly granted: boolean
  /** Milliseconds until the oldest attempt leaves the window, and another is granted. */
  readonly reset: number
}

/** How failures at one account slow down the next guess. */
export interface Backoff {
  /** Failures before the first delay. */
  readonly free: number
}

type Guessed =
  | { readonly granted: true; readonly guess: TakenGuess }
  /** `wait`: milliseconds until the next guess is looked at. */
  | { readonly granted: false; readonly wait: number }

/** When a guess was taken and when the one before, milliseconds since 1970: what it takes to put it back. */
interface TakenGuess {
  readonly at: number
  readonly before: number
}

/**
 * Where attempts are counted. Asking is taking: what is granted has been counted in the same step, so that two
 * at once never share the last place (Keycloak CVE-2024-4629).
 */
export interface Counter {
  /** Takes one attempt of a sliding window. What is refused is not counted. */
  take(key: string, budget: Budget): Promise<Taken>
  /** Takes one guess, counted as a failure until the failures are reset. */
  guess(key: string, backoff: Backoff): Promise<Guessed>
  /** One guess was not looked at after all: all is as it was before. */
  putBack(key: string, guess: TakenGuess): Promise<void>
  /** A guess was right: the account starts anew. */
  resetFailures(key: string): Promise<void>
}

/** Milliseconds after the last free failure; doubled by each further one. */
export const firstDelay = 1_000
/** Never a lock that somebody has to open. */
export const longestDelay = 15 * 60_000
/** How long failures are remembered that slow nobody down yet. */
export const memoryOfFewFailures = 60 * 60_000
/** And those that do. */
export const memoryOfFailures = 24 * 60 * 60_000
