import { dictionary } from '@zxcvbn-ts/language-common'
import type { PasswordProblem } from '../../../platform/graphql/auth-error.types.js'
import { isMadeOf, isSequence, repeatedUnit } from './predictable-password.js'

/** Code points; what `authSettings` tells. */
export const passwordMaxLength = 256
const maxBytes = 1_024

// Some 50,000 passwords from breaches, the most frequent first; 18,000 of them have 8 characters or more.
const common = new Set(dictionary['passwords-common'])

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
    const problems: Record<PasswordProblem, boolean> = {
      TOO_SHORT: codePoints(password) < minLength,
      TOO_LONG: false,
      TOO_COMMON: isCommon(password, minLength),
      BREACHED: await isBreached(password),
      CONTAINS_PERSONAL_INFORMATION: isMadeOf(password, words),
    }
    return (Object.keys(problems) as PasswordProblem[]).filter((problem) => problems[problem])
  }
}

// From here on nobody guesses by repeating.
const longRepetition = 64

/** What has the length by repeating something that has not is longer, and hardly harder to guess. */
function isCommon(password: string, minLength: number) {
  const text = password.toLowerCase()
  const unit = repeatedUnit(text)
  const length = codePoints(text)
  const repeatsLittle =
    length >= minLength && length < longRepetition && codePoints(unit) < minLength
  return common.has(text) || common.has(unit) || repeatsLittle || isSequence(text)
}

/** Each code point counts as one character (NIST SP 800-63B-4 §3.1.1.2). */
const codePoints = (text: string) => Array.from(text).length
