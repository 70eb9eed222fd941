import { hash } from 'node:crypto'
import { RateLimited } from '../../platform/errors.js'
import type { Metrics } from '../../platform/observability/metrics.js'
import type { Counter } from './counter.js'

/** A guess that is already counted as a failure. */
export interface GuessAttempt {
  /** The guess was right and the sign-in is complete: the account starts again at zero failures. */
  readonly succeed: () => Promise<void>
  /** The guess was not evaluated. */
  readonly release: () => Promise<void>
}

export interface GuessTarget {
  /** The account, or the typed text if no account has it. Known and unknown accounts behave alike. */
  readonly account: string
  /** The client's network if the account signed in from there before; otherwise null. */
  readonly knownNetwork: string | null
}

const defaultFreeFailures = 5

export interface LockoutDeps {
  readonly counter: Counter
  readonly metrics: Metrics
  /** Multiplies the free failures; 0 disables the lockout. */
  readonly factor: number
}

export type Lockout = ReturnType<typeof createLockout>

/**
 * Slows down guessing at one account from any number of networks (OWASP Authentication Cheat Sheet, "Account Lockout";
 * NIST SP 800-63B-4 §3.2.2). After five failures, each further one doubles the wait, from 1 s to 15 min. Each known
 * network has its own counter. Attackers can delay guesses from unknown networks, but not the owner.
 */
export function createLockout({ counter, metrics, factor }: LockoutDeps) {
  const freeFailures = Math.max(1, Math.round(defaultFreeFailures * factor))

  return {
    /** The owner proved who they are by other means: resets the failures of this target. */
    async reset(target: GuessTarget) {
      if (factor !== 0) await counter.resetFailures(keyOf(target))
    },

    /** Every credential check begins here. Throws RateLimited when the next guess has to wait. */
    async reserveGuess(target: GuessTarget): Promise<GuessAttempt> {
      if (factor === 0) return unlimitedGuess
      const key = keyOf(target)
      const reservation = await counter.reserveGuess(key, { freeFailures })
      if (!reservation.granted) {
        metrics.guessesRefused.inc()
        const { account, knownNetwork } = target
        const who = JSON.stringify([account, knownNetwork])
        throw new RateLimited(reservation.waitMs / 1_000, {
          per: 'guesses',
          who,
          guessedAccount: account,
        })
      }
      return {
        succeed: () => counter.resetFailures(key),
        release: () => counter.releaseGuess(key, reservation.guess),
      }
    },
  }
}

const unlimitedGuess: GuessAttempt = {
  succeed: async () => undefined,
  release: async () => undefined,
}

const keyOf = ({ account, knownNetwork }: GuessTarget) =>
  `latchkey:guesses:${hashKey(JSON.stringify([account, knownNetwork]))}`

// Hashed: cache keys must not contain e-mail addresses, and the typed text may be long.
const hashKey = (text: string) => hash('sha256', text, 'base64url')
