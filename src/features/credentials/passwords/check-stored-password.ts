import type { GuessAttempt, Lockout } from '../../limits/index.js'
import { type PasswordHasher, parsePassword } from '../../passwords/index.js'

export interface CheckStoredPasswordDeps {
  readonly hasher: PasswordHasher
  readonly lockout: Lockout
}

export type CheckStoredPassword = ReturnType<typeof createCheckStoredPassword>

/**
 * Checks a password against a hash that is not the account's current one. It costs as much as a sign-in and has the
 * same delay: it throws RateLimited while the next guess must wait, even if the password is correct. Returns null for
 * a wrong password.
 */
export function createCheckStoredPassword({ hasher, lockout }: CheckStoredPasswordDeps) {
  return async (
    storedHash: string | null,
    rawPassword: string,
    account: string,
  ): Promise<GuessAttempt | null> => {
    const password = parsePassword(rawPassword)
    if (password === null) return null
    hasher.throwIfBusy()
    const guess = await lockout.reserveGuess({ account, knownNetwork: null })
    try {
      const { matches } = await hasher.verify(storedHash, password, null)
      return matches ? guess : null
    } catch (error) {
      await guess.release() // the guess was not evaluated
      throw error
    }
  }
}
