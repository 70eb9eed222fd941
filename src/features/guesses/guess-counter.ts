import type { Logger } from 'pino'
import type { Outbox } from '../mail/index.js'
import { addMs, type Clock } from '../../platform/clock.js'
import type { KeyedDigest } from '../../platform/crypto/keyed-digest.js'
import type { Database, Tx } from '../../platform/database/database.js'
import { writeProvisionally } from '../../platform/deadline.js'
import { removeInBatches } from '../../platform/database/remove-in-batches.js'
import {
  countFailure,
  countFailureFrom,
  deleteGuessCounts,
  resetFailures,
  deleteKnownNetwork,
  resetFailuresFrom,
  reserveNotice,
  releaseFailure,
  releaseFailureFrom,
  type CountedFailure,
  type KnownNetwork,
} from './guess-count.store.js'
import { passwordGuessing } from './password-guessing.email.js'
import { createCleanupJob } from '../../platform/jobs.js'

export interface GuessCounterDeps {
  readonly database: Database
  readonly clock: Clock
  readonly digest: KeyedDigest
  readonly outbox: Outbox
  readonly log: Logger
  /** Multiplies the limit; 0 disables counting. */
  readonly factor: number
  /** Whether mail is configured. Without it, a suspended user could not reset the password. */
  readonly canSendMail: boolean
}

/** A guess at the password of an address, before it is evaluated. */
export interface PasswordGuess {
  /** In canonical form; it need not have an account. */
  readonly email: string
  /** The network of the guess if the account signed in from there before; otherwise null. */
  readonly knownNetwork: KnownNetwork | null
  /** Failures of the same kind since the last reset: from this known network, or from all unknown ones. */
  readonly earlierFailures: number
}

/** The handle of a counted guess. The caller calls exactly one of its functions. */
export interface CountedGuess {
  /** If false, even the right password gets the answer for a wrong one. */
  readonly isEvaluated: boolean
  readonly fail: () => Promise<void>
  readonly succeed: () => Promise<void>
  /** The guess was not evaluated. */
  readonly release: () => Promise<void>
}

export type GuessCounter = ReturnType<typeof createGuessCounter>

/** NIST SP 800-63B-4 §3.2.2: no more than 100 consecutive failed attempts. */
const maxFailures = 100

const dayMs = 24 * 60 * 60_000
const retentionMs = 90 * dayMs
const noticeIntervalMs = 30 * dayMs

/**
 * Stops slow guessing. The lockout delays limit the guesses per day; this count limits their total. After 100 failures
 * from unknown networks, guesses from there are not evaluated until a password reset. Each known network has its own
 * count, so attackers cannot suspend the owner there. After 100 failures, a known network becomes unknown.
 */
export function createGuessCounter(deps: GuessCounterDeps) {
  const { database, clock, digest, outbox, log, factor, canSendMail } = deps
  const { query } = database
  const limit = factor === 0 ? Infinity : Math.max(1, Math.round(maxFailures * factor))

  /** Counts a failure before the guess, so of two concurrent guesses only one gets the last attempt below the limit. */
  async function reserve(guess: PasswordGuess): Promise<CountedGuess> {
    if (factor === 0) return uncountedGuess
    if (guess.knownNetwork) return reserveFromKnown(guess, guess.knownNetwork)
    return reserveFromUnknown(guess)
  }

  async function reserveFromUnknown({
    email: address,
    earlierFailures,
  }: PasswordGuess): Promise<CountedGuess> {
    const key = digest(address)
    const addFailure = () => countFailure(query, key, clock.now(), retentionStart())
    // A sign-in without earlier failures (the usual case) writes nothing here.
    const reserved = earlierFailures > 0 ? await writeProvisionally(addFailure) : null
    return {
      isEvaluated: !reserved || reserved.failures <= limit || !canSendMail,
      async fail() {
        const counted = reserved ?? (await addFailure())
        if (counted.failures >= limit) await notifySuspension(address, key, counted)
      },
      succeed: async () => {
        if (reserved) await resetFailures(query, key)
      },
      release: async () => {
        if (reserved) await writeProvisionally(() => releaseFailure(query, key))
      },
    }
  }

  async function reserveFromKnown(
    guess: PasswordGuess,
    knownNetwork: KnownNetwork,
  ): Promise<CountedGuess> {
    const addFailure = () => countFailureFrom(query, knownNetwork)
    const reserved = guess.earlierFailures > 0 ? await writeProvisionally(addFailure) : 0
    // Null: the network became unknown after the lookup.
    if (reserved === null || reserved > limit)
      return reserveFromUnknown({ ...guess, earlierFailures: 1 })
    return {
      isEvaluated: true,
      async fail() {
        const failures = reserved === 0 ? await addFailure() : reserved
        if (failures !== null && failures >= limit)
          await deleteKnownNetwork(database.db, knownNetwork)
      },
      succeed: async () => {
        if (reserved > 0) await resetFailuresFrom(query, knownNetwork)
      },
      release: async () => {
        if (reserved > 0) await writeProvisionally(() => releaseFailureFrom(query, knownNetwork))
      },
    }
  }

  /** Known and unknown addresses cost the same: the mail job looks up the account later. */
  async function notifySuspension(email: string, key: Buffer, { notifiedAt }: CountedFailure) {
    const logFields = { address: key.toString('base64url'), limit }
    if (!canSendMail) {
      log.warn(
        logFields,
        'guesses beyond the limit are still evaluated: without SMTP_URL no address is suspended',
      )
      return
    }
    const now = clock.now()
    const notifiedBefore = addMs(now, -noticeIntervalMs)
    if (notifiedAt !== null && notifiedAt > notifiedBefore) return
    const isFirst = await database.transaction(async (tx) => {
      const reserved = await reserveNotice(tx, key, { now, notifiedBefore })
      if (reserved) await outbox.enqueue(tx, { kind: passwordGuessing, recipient: email })
      return reserved
    })
    if (isFirst) log.warn(logFields, 'guesses from unknown networks are no longer evaluated')
  }

  const retentionStart = () => addMs(clock.now(), -retentionMs)

  return {
    take: reserve,

    /** Counts from before this time are dropped. */
    oldest: retentionStart,

    keyOf: digest,

    /** Resets the count: the owner proved more than a password, or an operator asked for it. */
    reset: (tx: Tx, email: string) => resetFailures(tx, digest(email)),

    /** Resets the count that applies to a sign-in with a second factor. Null: from an unknown network. */
    async resetAfterSignIn(email: string, knownNetwork: KnownNetwork | null) {
      if (knownNetwork) await resetFailuresFrom(query, knownNetwork)
      else await resetFailures(query, digest(email))
    },

    jobs: [
      createCleanupJob('remove old counts of guesses', () =>
        removeInBatches(database, 'guessCounts', (tx, batchSize) =>
          deleteGuessCounts(tx, retentionStart(), batchSize),
        ),
      ),
    ],
  }
}

const noop = async () => undefined
const uncountedGuess: CountedGuess = {
  isEvaluated: true,
  fail: noop,
  succeed: noop,
  release: noop,
}
