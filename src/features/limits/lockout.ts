import { createHash } from 'node:crypto'
import { RateLimited } from '../../platform/errors.js'
import type { Metrics } from '../../platform/observability/metrics.js'
import type { Counter } from './counter.js'

/** A guess that has been counted as a failure. */
export interface Guess {
  /** It was right, and nothing more is owed: the account starts anew. */
  readonly forgive: () => Promise<void>
  /** It was not looked at after all. */
  readonly withdraw: () => Promise<void>
}

export interface GuessAt {
  /** The account; whatever was typed where there is none, so that both behave alike. */
  readonly account: string
  /** The place from which the account signed in before; null for everybody else. */
  readonly knownDevice: string | null
}

const freeFailures = 5

export interface LockoutNeeds {
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
export function createLockout({ counter, metrics, factor }: LockoutNeeds) {
  const free = Math.max(1, Math.round(freeFailures * factor))

  return {
    /** Every way to try a credential begins here. Throws RateLimited when the next guess has to wait. */
    async takeGuess({ account, knownDevice }: GuessAt): Promise<Guess> {
      if (factor === 0) return unlimited
      const key = `latchkey:guesses:${digest(JSON.stringify([account, knownDevice]))}`
      const { granted, wait } = await counter.guess(key, { free })
      if (!granted) {
        metrics.guessesRefused.inc()
        throw new RateLimited(wait / 1_000)
      }
      return {
        forgive: () => counter.forgiveGuesses(key),
        withdraw: () => counter.withdrawGuess(key),
      }
    },
  }
}

const unlimited: Guess = { forgive: async () => undefined, withdraw: async () => undefined }

// Addresses of people are nothing for the keys of a cache; and what is typed may be long.
const digest = (text: string) => createHash('sha256').update(text).digest('base64url')
