import { hash } from 'node:crypto'
import type { GuessAttempt, Lockout, RefusalLog } from '../../limits/index.js'
import { addMs, type Clock } from '../../../platform/clock.js'
import type { Database, Tx } from '../../../platform/database/database.js'
import type { QueryFn } from '../../../platform/database/hot-statements.js'
import type { RequestInfo } from '../../../platform/http/request-info.js'
import { Proof } from '../proof.js'
import {
  findCredential,
  readCredentialVersion,
  replaceHash,
  type Credential,
} from './credential.store.js'
import { canonicalEmail, findUser, networkRetentionMs } from '../../users/index.js'
import type { CountedGuess, GuessCounter } from '../../guesses/index.js'
import {
  type HashParameterStats,
  type PasswordHasher,
  parsePassword,
  type Password,
} from '../../passwords/index.js'

/** A counted guess at the password. */
type Guess = Pick<GuessAttempt, 'succeed' | 'release'>

/** The proof that the password was correct. */
class VerifiedPassword extends Proof {
  /** The version of the password: see credential.store.ts. */
  override readonly version: number
  readonly #upgradedHash: string | null
  readonly #guesses: readonly Guess[]

  /** `upgradedHash`: a hash with the current parameters, if the stored hash has weaker ones. */
  constructor(
    {
      userId,
      version,
      upgradedHash,
    }: { userId: string; version: number; upgradedHash: string | null },
    guesses: readonly Guess[],
  ) {
    super(userId, 'PASSWORD')
    this.version = version
    this.#upgradedHash = upgradedHash
    this.#guesses = guesses
  }

  override async resetFailures() {
    await Promise.all(this.#guesses.map((guess) => guess.succeed()))
  }

  override async releaseAttempt() {
    await Promise.all(this.#guesses.map((guess) => guess.release()))
  }

  /** False when the password was reset or changed in between. */
  override async isStillValid(tx: Tx | QueryFn) {
    return (await readCredentialVersion(tx, this.userId)) === this.version
  }

  override async saveAfterSignIn(tx: Tx | QueryFn) {
    if (this.#upgradedHash) await replaceHash(tx, this.userId, this.#upgradedHash)
  }
}

export type PasswordCheck =
  | { kind: 'right'; password: VerifiedPassword }
  /** `userId` is for the audit log only. Null when there is no such account. */
  | { kind: 'wrong'; userId: string | null }

export interface EarlierPassword {
  readonly userId: string
  /** The version that was right then. */
  readonly version: number
}

export type ResumePassword = ReturnType<typeof createResumePassword>

/**
 * Restores the proof of a password that was right in an earlier request of the same sign-in. Only the store of
 * challenges calls it, with a row that such a proof created. Null when the account was deleted.
 */
export function createResumePassword(deps: CheckPasswordDeps) {
  const { database, lockout, guessCount } = deps
  const lookUpCredential = createLookUp(deps)

  return async ({ userId, version }: EarlierPassword, { network }: RequestInfo) => {
    const user = await findUser(database.db, userId)
    if (!user) return null
    const { email: account } = user
    const isKnown = (await lookUpCredential(account, network)).knownNetworkFailures !== null
    const guess: Guess = {
      // Only the counters that apply to this network: the owner's sign-ins must not give attackers new guesses.
      async succeed() {
        await Promise.all([
          lockout.reset({ account, knownNetwork: isKnown ? network : null }),
          guessCount.resetAfterSignIn(account, isKnown ? { userId, network } : null),
        ])
      },
      release: async () => undefined, // the earlier request released it
    }
    return new VerifiedPassword({ userId, version, upgradedHash: null }, [guess])
  }
}

export interface CheckPasswordDeps {
  readonly database: Database
  readonly clock: Clock
  readonly hasher: PasswordHasher
  readonly population: HashParameterStats
  readonly lockout: Lockout
  readonly guessCount: GuessCounter
  readonly refusals: RefusalLog
}

export type CheckPassword = ReturnType<typeof createCheckPassword>

/**
 * Checks the password of an account. An unknown address, a wrong password and a guess that is not evaluated have the
 * same outcome at the same cost. Throws RateLimited while the next guess at this account must wait, even if the
 * password is correct.
 */
export function createCheckPassword(deps: CheckPasswordDeps) {
  const { hasher, population, lockout, guessCount, refusals } = deps
  const lookUpCredential = createLookUp(deps)

  return async (
    email: string,
    rawPassword: string,
    request: RequestInfo,
  ): Promise<PasswordCheck> => {
    const { network } = request
    // Checked before the lookup: during an overload, refused requests cost the database nothing.
    const password = parsePassword(rawPassword)
    if (password !== null) hasher.throwIfBusy()
    const canonical = canonicalEmail(email)
    const credential =
      canonical === null ? noCredential : await lookUpCredential(canonical, network)
    const { userId, hash: storedHash, version, knownNetworkFailures } = credential
    // No account can have this password. So no hash is computed, and the attempt is not counted as a guess.
    if (password === null) return { kind: 'wrong', userId }
    const guess = await lockout.reserveGuess({
      account: canonical ?? hash('sha256', email, 'base64url'), // the raw input may be long
      knownNetwork: knownNetworkFailures === null ? null : network,
    })
    let counted: CountedGuess | null = null
    try {
      counted =
        canonical === null ? null : await reserveCountedGuess(canonical, credential, network)
      const dummyHash = population.dummyParametersFor(canonical ?? email)
      const { matches, isOutdated } = await hasher.verify(storedHash, password, dummyHash)
      // An outdated hash costs two computations, for right and wrong passwords: its verification and a new hash. The
      // dummy hash costs the same.
      const upgradedHash = isOutdated ? await tryRehash(password) : null
      if (!matches || userId === null || !counted?.isEvaluated) {
        await counted?.fail()
        if (counted?.isEvaluated === false) {
          const who = canonical ?? email
          refusals.record({ mutation: null, per: 'suspension', who, guessedAccount: who }, request)
        }
        return { kind: 'wrong', userId }
      }
      const proof = new VerifiedPassword({ userId, version, upgradedHash }, [guess, counted])
      return { kind: 'right', password: proof }
    } catch (error) {
      // The guess was not evaluated. An overload must not lock users out.
      await Promise.all([guess.release(), counted?.release()])
      throw error
    }
  }

  function reserveCountedGuess(
    email: string,
    { userId, unknownNetworkFailures, knownNetworkFailures }: Credential,
    network: string,
  ) {
    if (userId === null || knownNetworkFailures === null) {
      return guessCount.take({ email, knownNetwork: null, earlierFailures: unknownNetworkFailures })
    }
    return guessCount.take({
      email,
      knownNetwork: { userId, network },
      earlierFailures: knownNetworkFailures,
    })
  }

  /** An overload must not refuse a sign-in because of the rehash. The next sign-in tries again. */
  function tryRehash(password: Password) {
    return hasher.hash(password).catch(() => null)
  }
}

/** The lookup of an address, with the failures that count for this network. */
const createLookUp =
  ({ database, clock, guessCount }: CheckPasswordDeps) =>
  (email: string, network: string) => {
    const knownSince = addMs(clock.now(), -networkRetentionMs)
    const counted = { emailKey: guessCount.keyOf(email), countedSince: guessCount.oldest() }
    return findCredential(database.query, email, { network, knownSince, ...counted })
  }

const noCredential: Credential = {
  userId: null,
  hash: null,
  version: 0,
  knownNetworkFailures: null,
  unknownNetworkFailures: 0,
}
