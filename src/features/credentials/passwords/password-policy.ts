import type { PasswordProblem } from '../../../platform/graphql/auth-error.types.js'
import { isListed } from './common-passwords.js'
import { isGuessable } from './guessable-password.js'
import { isMadeOf, isSequence, repeatedUnit } from './predictable-password.js'

/** Code points; what `authSettings` tells. */
export const passwordMaxLength = 256
const maxBytes = 1_024

/**
 * The form that is hashed: NFC (NIST SP 800-63B-4 §3.1.1.2), because keyboards differ in how they
 * compose an accented letter. Nothing else: no trimming, no folding.
 */
export const normalizePassword = (password: string) => password.normalize('NFC')

/** Whether it is worth hashing: an endless password must cost nobody anything (CVE-2013-1443). */
export function isHashable(typed: string) {
  if (Buffer.byteLength(typed) > 4 * maxBytes) return false // before normalizing, which may shorten it
  const password = normalizePassword(typed)
  return Buffer.byteLength(password) <= maxBytes && codePoints(password) <= passwordMaxLength
}

export interface PasswordPolicyNeeds {
  readonly minLength: number
  /** Names of the service. */
  readonly productWords: readonly string[]
  readonly isBreached: (password: string) => Promise<boolean>
}

/** Whose password it is to be. */
export interface PasswordOwner {
  readonly email: string
  readonly username: string | null
  readonly name: string | null
}

export type PasswordPolicy = ReturnType<typeof createPasswordPolicy>

/** All that is wrong with a new password, at once; empty when it is acceptable. No composition rules (NIST). */
export function createPasswordPolicy({ minLength, productWords, isBreached }: PasswordPolicyNeeds) {
  return async (typed: string, { email, username, name }: PasswordOwner) => {
    if (!isHashable(typed)) return ['TOO_LONG'] satisfies PasswordProblem[]
    const password = normalizePassword(typed)
    const [local = email] = email.split('@')
    const words = [email, local, username, name, ...productWords].filter((word) => word !== null)
    const isPersonal = isMadeOf(password, words)
    const problems: Record<PasswordProblem, boolean> = {
      TOO_SHORT: codePoints(password) < minLength,
      TOO_LONG: false,
      TOO_COMMON: await isCommon(password, { minLength, words: isPersonal ? null : words }),
      BREACHED: await isBreached(password),
      CONTAINS_PERSONAL_INFORMATION: isPersonal,
    }
    return (Object.keys(problems) as PasswordProblem[]).filter((problem) => problems[problem])
  }
}

// Code points. Guessing programs repeat no text to this length.
const longRepetition = 64

interface Pattern {
  readonly minLength: number
  /** The words of the account and the service; null: the password is refused for them already. */
  readonly words: readonly string[] | null
}

/**
 * A password that attackers try first: listed, a sequence, or short text repeated. The list goes first, because it costs
 * the least. Patterns are estimated only where nothing else refuses the password.
 */
async function isCommon(password: string, { minLength, words }: Pattern) {
  const text = password.toLowerCase()
  const unit = repeatedUnit(text)
  if ((await isListed(text)) || (await isListed(unit)) || isSequence(text)) return true
  const length = codePoints(text)
  if (length < minLength || length >= longRepetition) return false
  return codePoints(unit) < minLength || (words !== null && isGuessable(password, words))
}

/** Each code point counts as one character (NIST SP 800-63B-4 §3.1.1.2). */
const codePoints = (text: string) => Array.from(text).length
