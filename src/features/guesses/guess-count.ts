import type { Logger } from 'pino'
import type { Outbox } from '../mail/index.js'
import { after, type Clock } from '../../platform/clock.js'
import type { KeyedDigest } from '../../platform/crypto/keyed-digest.js'
import type { Database, Tx } from '../../platform/database/database.js'
import { provisionally } from '../../platform/deadline.js'
import { removeInBatches } from '../../platform/database/remove-in-batches.js'
import {
  countFailure,
  countFailureFrom,
  deleteGuessCounts,
  forgetFailures,
  forgetNetwork,
  resetFailuresFrom,
  takeNotice,
  uncountFailure,
  uncountFailureFrom,
  type CountedFailure,
  type KnownNetwork,
} from './guess-count.store.js'
import { passwordGuessing } from './password-guessing.email.js'
import { cleaning } from '../../platform/jobs.js'

export interface GuessCountNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly digest: KeyedDigest
  readonly outbox: Outbox
  readonly log: Logger
  /** Multiplies the limit; 0: nothing is counted. */
  readonly factor: number
  /** Whether e-mail reaches people: without it, somebody whose address is suspended could not get in any more. */
  readonly mailWorks: boolean
}

/** A guess at the password of an address that is about to be made. */
export interface GuessAtAddress {
  /** In canonical form; an account may have it or not. */
  readonly address: string
  /** Where the guess comes from, if the account signed in from there before. */
  readonly known: KnownNetwork | null
  /** Failures of the same kind since the last reset: from this known network, or from all unknown ones. */
  readonly earlier: number
}

/** What becomes of a guess: exactly one of the functions is called. */
export interface CountedGuess {
  /** False: even the right password is to be answered like a wrong one. */
  readonly isEvaluated: boolean
  readonly fail: () => Promise<void>
  readonly succeed: () => Promise<void>
  /** Nobody looked at the guess. */
  readonly putBack: () => Promise<void>
}

export type GuessCount = ReturnType<typeof createGuessCount>

/** NIST SP 800-63B-4 §3.2.2: no more than 100 consecutive failed attempts. */
const mostFailures = 100

const day = 24 * 60 * 60_000
const keptFor = 90 * day
const noticeEvery = 30 * day

/**
 * Ends slow guessing: delays between guesses bound a day, and this count bounds all of them. After 100 failures from
 * unknown networks, guesses from there are not evaluated until the password is reset. Failures from each known network
 * are counted by themselves, so strangers cannot suspend the owner there; after 100 of them, the network is unknown.
 */
export function createGuessCount(needs: GuessCountNeeds) {
  const { database, clock, digest, outbox, log, factor, mailWorks } = needs
  const { ask } = database
  const limit = factor === 0 ? Infinity : Math.max(1, Math.round(mostFailures * factor))

  /** Failures are counted before the guess: two at once never share the last place. */
  async function take(guess: GuessAtAddress): Promise<CountedGuess> {
    if (factor === 0) return uncounted
    if (guess.known) return takeFromKnown(guess, guess.known)
    return takeFromUnknown(guess)
  }

  async function takeFromUnknown({ address, earlier }: GuessAtAddress): Promise<CountedGuess> {
    const key = digest(address)
    const one = () => countFailure(ask, key, clock.now(), oldest())
    // A sign-in without failures, which almost all are, writes nothing here.
    const taken = earlier > 0 ? await provisionally(one) : null
    return {
      isEvaluated: !taken || taken.failures <= limit || !mailWorks,
      async fail() {
        const counted = taken ?? (await one())
        if (counted.failures >= limit) await noteSuspension(address, key, counted)
      },
      succeed: async () => {
        if (taken) await forgetFailures(ask, key)
      },
      putBack: async () => {
        if (taken) await provisionally(() => uncountFailure(ask, key))
      },
    }
  }

  async function takeFromKnown(guess: GuessAtAddress, known: KnownNetwork): Promise<CountedGuess> {
    const count = () => countFailureFrom(ask, known)
    const taken = guess.earlier > 0 ? await provisionally(count) : 0
    // The network has become unknown since it was looked up.
    if (taken === null || taken > limit) return takeFromUnknown({ ...guess, earlier: 1 })
    return {
      isEvaluated: true,
      async fail() {
        const failures = taken === 0 ? await count() : taken
        if (failures !== null && failures >= limit) await forgetNetwork(database.db, known)
      },
      succeed: async () => {
        if (taken > 0) await resetFailuresFrom(ask, known)
      },
      putBack: async () => {
        if (taken > 0) await provisionally(() => uncountFailureFrom(ask, known))
      },
    }
  }

  /** Known and unknown addresses cost the same: whose address it is, is looked up when the message is sent. */
  async function noteSuspension(address: string, key: Buffer, { notifiedAt }: CountedFailure) {
    const subject = { address: key.toString('base64url'), limit }
    if (!mailWorks) {
      log.warn(subject, 'guesses go on beyond the limit: without SMTP_URL nobody is suspended')
      return
    }
    const now = clock.now()
    const unlessSince = after(now, -noticeEvery)
    if (notifiedAt !== null && notifiedAt > unlessSince) return
    const isFirst = await database.transaction(async (tx) => {
      const taken = await takeNotice(tx, key, { now, unlessSince })
      if (taken) await outbox.put(tx, { kind: passwordGuessing, recipient: address })
      return taken
    })
    if (isFirst) log.warn(subject, 'guesses from unknown networks are not evaluated any more')
  }

  const oldest = () => after(clock.now(), -keptFor)

  return {
    take,

    /** Counts from before that time are forgotten. */
    oldest,

    keyOf: digest,

    /** The owner of the address, or an operator, has proved more than a password. */
    forgive: (tx: Tx, address: string) => forgetFailures(tx, digest(address)),

    jobs: [
      cleaning('remove old counts of guesses', () =>
        removeInBatches(database, 'guessCounts', (tx, most) =>
          deleteGuessCounts(tx, oldest(), most),
        ),
      ),
    ],
  }
}

const nothing = async () => undefined
const uncounted: CountedGuess = {
  isEvaluated: true,
  fail: nothing,
  succeed: nothing,
  putBack: nothing,
}
