import { isId } from '../../platform/crypto/ids.js'

const prefix = 'mfa:'

/**
 * The target of guesses at codes of a second factor. Only people who know the password can guess there, so these failures
 * are separate from those of the password, and no network is exempt.
 */
export const codeGuessTarget = (userId: string) => ({
  account: `${prefix}${userId}`,
  knownNetwork: null,
})

/** The user of such a target; null for a typed address. */
export function userOfCodeGuess(account: string) {
  const id = account.slice(prefix.length)
  return account.startsWith(prefix) && isId(id) ? id : null
}
