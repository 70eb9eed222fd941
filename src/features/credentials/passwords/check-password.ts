import { hash } from 'node:crypto'
import type { Guess, Lockout, Refusals } from '../../limits/index.js'
import { after, type Clock } from '../../../platform/clock.js'
import type { Database, Tx } from '../../../platform/database/database.js'
import type { Ask } from '../../../platform/database/hot-statements.js'
import type { RequestInfo } from '../../../platform/http/request-info.js'
import { Proof } from '../proof.js'
import {
  findCredential,
  readCredentialVersion,
  replaceHash,
  type Credential,
} from './credential.store.js'
import { canonicalEmail, networksKeptFor } from '../../users/index.js'
import type { CountedGuess, GuessCount } from '../../guesses/index.js'
import {
  type HashPopulation,
  type PasswordHasher,
  parsePassword,
  type Password,
} from '../../passwords/index.js'

/** A password that was right. */
class VerifiedPassword extends Proof {
  /** Of the password: see credential.store.ts. */
  readonly version: number
  readonly #rehash: string | null
  readonly #guesses: readonly Pick<Guess, 'succeed'>[]

  /** `rehash`: the password under today's parameters, when it was hashed under weaker ones. */
  constructor(
    { userId, version, rehash }: { userId: string; version: number; rehash: string | null },
    guesses: readonly Pick<Guess, 'succeed'>[],
  ) {
    super(userId, 'PASSWORD')
    this.version = version
    this.#rehash = rehash
    this.#guesses = guesses
  }

  override async succeed() {
    await Promise.all(this.#guesses.map((guess) => guess.succeed()))
  }

  /** A reset or a change that came in between wins. */
  override async holds(tx: Tx | Ask) {
    return (await readCredentialVersion(tx, this.userId)) === this.version
  }

  override async keep(tx: Tx | Ask) {
    if (this.#rehash) await replaceHash(tx, this.userId, this.#rehash)
  }
}

export type PasswordCheck =
  | { kind: 'right'; password: VerifiedPassword }
  /** `userId` is for the audit log alone; null when there is no such account. */
  | { kind: 'wrong'; userId: string | null }

export interface CheckPasswordNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly hasher: PasswordHasher
  readonly population: HashPopulation
  readonly lockout: Lockout
  readonly guessCount: GuessCount
  readonly refusals: Refusals
}

export type CheckPassword = ReturnType<typeof createCheckPassword>

/**
 * Whether a password is that of an account. Unknown address, wrong password and a guess that is not evaluated are one
 * outcome, at one cost. Throws RateLimited when the next guess at this account has to wait, right or wrong.
 */
export function createCheckPassword(needs: CheckPasswordNeeds) {
  const { database, clock, hasher, population } = needs
  const { lockout, guessCount, refusals } = needs

  return async (email: string, typed: string, request: RequestInfo): Promise<PasswordCheck> => {
    const { network } = request
    // Before the look-up, whose account it ever is: in an overload those who are refused cost the database nothing.
    const password = parsePassword(typed)
    if (password !== null) hasher.refuseWhenBusy()
    const canonical = canonicalEmail(email)
    const credential = canonical === null ? nobody : await lookUp(canonical, network)
    const { userId, hash: stored, version, failuresFromHere } = credential
    // It is nobody's password, and costs no hash: there is nothing to be guessed.
    if (password === null) return { kind: 'wrong', userId }
    const guess = await lockout.takeGuess({
      account: canonical ?? hash('sha256', email, 'base64url'), // what is typed may be long
      knownNetwork: failuresFromHere === null ? null : network,
    })
    let counted: CountedGuess | null = null
    try {
      counted = canonical === null ? null : await takeCounted(canonical, credential, network)
      const standIn = population.standInFor(canonical ?? email)
      const { matches, isOutdated } = await hasher.verify(stored, password, standIn)
      // Wrong or right, an outdated hash costs its own verification and today's, and so does its stand-in.
      const rehash = isOutdated ? await rehashed(password) : null
      if (!matches || userId === null || !counted?.isEvaluated) {
        await counted?.fail()
        if (counted?.isEvaluated === false) {
          const who = canonical ?? email
          refusals.note({ mutation: null, per: 'suspension', who, guessAt: who }, request)
        }
        return { kind: 'wrong', userId }
      }
      const proof = new VerifiedPassword({ userId, version, rehash }, [guess, counted])
      return { kind: 'right', password: proof }
    } catch (error) {
      // Nobody looked at it: a busy house locks nobody out.
      await Promise.all([guess.putBack(), counted?.putBack()])
      throw error
    }
  }

  function lookUp(address: string, network: string) {
    const knownSince = after(clock.now(), -networksKeptFor)
    const counted = { addressKey: guessCount.keyOf(address), countedSince: guessCount.oldest() }
    return findCredential(database.ask, address, { network, knownSince, ...counted })
  }

  function takeCounted(
    address: string,
    { userId, failures, failuresFromHere }: Credential,
    network: string,
  ) {
    if (userId === null || failuresFromHere === null) {
      return guessCount.take({ address, known: null, earlier: failures })
    }
    return guessCount.take({ address, known: { userId, network }, earlier: failuresFromHere })
  }

  /** A sign-in is not refused because the house is too busy to improve its hash: next time then. */
  function rehashed(password: Password) {
    return hasher.hash(password).catch(() => null)
  }
}

const nobody: Credential = {
  userId: null,
  hash: null,
  version: 0,
  failuresFromHere: null,
  failures: 0,
}
