import { hash } from 'node:crypto'
import { RateLimited } from '../../platform/errors.js'
import type { Metrics } from '../../platform/observability/metrics.js'
import type { Counter } from './counter.js'

/** A guess that has been counted as a failure. */
export interface GuessAttempt {
  /** It was right, and nothing more is owed: the account starts anew. */
  readonly succeed: () => Promise<void>
  /** It was not looked at after all. */
  readonly release: () => Promise<void>
}

export interface GuessTarget {
  /** The account; whatever was typed where there is none, so that both behave alike. */
  readonly account: string
  /** The network from which the account signed in before; null for everybody else. */
  readonly knownNetwork: string | null
}

const defaultFreeFailures = 5

export interface LockoutDeps {
  readonly counter: Counter
  readonly metrics: Metrics
  /** Multiplies the free failures; 0 turns the lockout off. */
  readonly factor: number
}

export type Lockout = ReturnType<typeof createLockout>

/**
 * Slows down guessing at one account, wherever the guesses come from (OWASP Authentication Cheat Sheet, "Account
 * Lockout"; NIST SP 800-63B-4 §3.2.2): after five failures every further one doubles the wait, from a second to a
 * quarter of an hour. Whoever signed in before has a counter of their own, so that strangers, who can make
 * everybody else wait, cannot make the owner wait.
 */
export function createLockout({ counter, metrics, factor }: LockoutDeps) {
  const freeFailures = Math.max(1, Math.round(defaultFreeFailures * factor))

  return {
    /** Somebody proved by other means whose account it is: there they start anew. */
    async reset(target: GuessTarget) {
      if (factor !== 0) await counter.resetFailures(keyOf(target))
    },

    /** Every way to try a credential begins here. Throws RateLimited when the next guess has to wait. */
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

// Addresses of people are nothing for the keys of a cache; and what is typed may be long.
const hashKey = (text: string) => hash('sha256', text, 'base64url')
