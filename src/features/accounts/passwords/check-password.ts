import type { Guess, Lockout } from '../../limits/index.js'
import { after, type Clock } from '../../../platform/clock.js'
import type { Database } from '../../../platform/database/database.js'
import type { RequestInfo } from '../../../platform/http/request-info.js'
import { findCredential } from './credential.store.js'
import { canonicalEmail } from '../email/email-address.js'
import type { PasswordHasher } from './password-hasher.js'
import { isHashable } from './password-policy.js'

/** A password that was right, and what has to be remembered until the sign-in completes. */
export interface VerifiedPassword {
  readonly userId: string
  readonly version: number
  /** The password under today's parameters, when it was hashed under weaker ones. */
  readonly rehash: string | null
  /** Succeeds when the sign-in needs nothing more. */
  readonly guess: Guess
}

export type PasswordCheck =
  | { kind: 'right'; password: VerifiedPassword }
  /** `userId` is for the audit log alone; null when there is no such account. */
  | { kind: 'wrong'; userId: string | null }

export interface CheckPasswordNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly hasher: PasswordHasher
  readonly lockout: Lockout
  /** Milliseconds for which an address from which somebody signed in is known. */
  readonly addressesKeptFor: number
}

export type CheckPassword = ReturnType<typeof createCheckPassword>

/**
 * Whether a password is that of an account. Unknown address and wrong password are one outcome, at one cost, and are
 * slowed down alike: throws RateLimited when the next guess at this account has to wait, right or wrong.
 */
export function createCheckPassword(needs: CheckPasswordNeeds) {
  const { database, clock, hasher, lockout, addressesKeptFor } = needs

  return async (
    email: string,
    password: string,
    { network }: RequestInfo,
  ): Promise<PasswordCheck> => {
    // Before the look-up, whose account it ever is: in an overload those who are refused cost the database nothing.
    if (isHashable(password)) hasher.refuseWhenBusy()
    const canonical = canonicalEmail(email)
    const since = after(clock.now(), -addressesKeptFor)
    const credential = canonical
      ? await findCredential(database.ask, canonical, { network, since })
      : null
    // It is nobody's password, and costs no hash: there is nothing to be guessed.
    if (!isHashable(password)) return { kind: 'wrong', userId: credential?.userId ?? null }
    const guess = await lockout.takeGuess({
      account: canonical ?? email,
      knownNetwork: credential?.fromKnownAddress ? network : null,
    })
    const stored = credential?.hash ?? null
    try {
      const right = await hasher.verify(stored, password)
      // Wrong or right, an outdated hash costs its own verification and today's: else, after the
      // parameters rose, the quick answers would be those of existing accounts.
      const rehash = await rehashIfOutdated(stored, password)
      if (!right || !credential) return { kind: 'wrong', userId: credential?.userId ?? null }
      const { userId, version } = credential
      return { kind: 'right', password: { userId, version, rehash, guess } }
    } catch (error) {
      await guess.putBack() // nobody looked at it: a busy house locks nobody out
      throw error
    }
  }

  async function rehashIfOutdated(stored: string | null, password: string) {
    if (!hasher.shouldRehash(stored, password)) return null
    // A sign-in is not refused because the house is too busy to improve its hash: next time then.
    return hasher.hash(password).catch(() => null)
  }
}
