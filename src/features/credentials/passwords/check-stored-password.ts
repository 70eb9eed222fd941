import type { Guess, Lockout } from '../../limits/index.js'
import { type PasswordHasher, parsePassword } from '../../passwords/index.js'

export interface CheckStoredPasswordNeeds {
  readonly hasher: PasswordHasher
  readonly lockout: Lockout
}

export type CheckStoredPassword = ReturnType<typeof createCheckStoredPassword>

/**
 * Whether a password is the one of a hash that is not the account's current one. It costs what a sign-in costs and is
 * slowed down like one: throws RateLimited when the next guess has to wait, right or wrong. Null when it is wrong.
 */
export function createCheckStoredPassword({ hasher, lockout }: CheckStoredPasswordNeeds) {
  return async (stored: string | null, typed: string, account: string): Promise<Guess | null> => {
    const password = parsePassword(typed)
    if (password === null) return null
    hasher.refuseWhenBusy()
    const guess = await lockout.takeGuess({ account, knownNetwork: null })
    try {
      const { matches } = await hasher.verify(stored, password, null)
      return matches ? guess : null
    } catch (error) {
      await guess.putBack() // nobody looked at it
      throw error
    }
  }
}
