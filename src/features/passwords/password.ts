import type { Random } from '../../platform/crypto/random.js'

declare const parsed: unique symbol

/** A password in the form that is hashed. Only this file makes one, so no other text reaches the hasher. */
export type Password = string & { readonly [parsed]: true }

/** Code points; what `authSettings` tells. */
export const passwordMaxLength = 256
const maxBytes = 1_024

/**
 * NFC (NIST SP 800-63B-4 §3.1.1.2), because keyboards differ in how they compose an accented letter. Nothing else: no
 * trimming, no folding. Null when it is not worth hashing: an endless password must cost nobody anything (CVE-2013-1443).
 */
export function parsePassword(typed: string): Password | null {
  if (Buffer.byteLength(typed) > 4 * maxBytes) return null // before normalizing, which may shorten it
  const password = typed.normalize('NFC')
  const isHashable =
    Buffer.byteLength(password) <= maxBytes && countCodePoints(password) <= passwordMaxLength
  return isHashable ? (password as Password) : null
}

/** One that nobody knows. */
export const randomPassword = (random: Random) => random(32).toString('base64url') as Password

/** Each code point counts as one character (NIST SP 800-63B-4 §3.1.1.2). */
export const countCodePoints = (text: string) => Array.from(text).length
