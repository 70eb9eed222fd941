import type { GuessAttempt, Lockout } from '../../limits/index.js'
import { type PasswordHasher, parsePassword } from '../../passwords/index.js'

export interface CheckStoredPasswordDeps {
  readonly hasher: PasswordHasher
  readonly lockout: Lockout
}

export type CheckStoredPassword = ReturnType<typeof createCheckStoredPassword>

/**
 * Whether a password is the one of a hash that is not the account's current one. It costs what a sign-in costs and is
 * slowed down like one: throws RateLimited when the next guess has to wait, right or wrong. Null when it is wrong.
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
      await guess.release() // nobody looked at it
      throw error
    }
  }
}
