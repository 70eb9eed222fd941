import { dictionary } from '@zxcvbn-ts/language-common'
import type { PasswordProblem } from '../../platform/graphql/auth-error.types.js'

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

/** All that is wrong with a new password; empty when it is acceptable. No composition rules (NIST). */
export function passwordProblems(typed: string, minLength: number): PasswordProblem[] {
  if (!isHashable(typed)) return ['TOO_LONG']
  const password = normalizePassword(typed)
  const problems: Record<PasswordProblem, boolean> = {
    TOO_SHORT: codePoints(password) < minLength,
    TOO_LONG: !isHashable(password),
    TOO_COMMON: common.has(password.toLowerCase()),
  }
  return (Object.keys(problems) as PasswordProblem[]).filter((problem) => problems[problem])
}

/** Each code point counts as one character (NIST SP 800-63B-4 §3.1.1.2). */
const codePoints = (text: string) => Array.from(text).length
