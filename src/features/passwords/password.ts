import type { Random } from '../../platform/crypto/random.js'

declare const parsed: unique symbol

/** A password in the form that is hashed. Only this file creates one, so no other text reaches the hasher. */
export type Password = string & { readonly [parsed]: true }

/** Code points. `authSettings` reports this number. */
export const passwordMaxLength = 256
const maxBytes = 1_024

/**
 * Normalizes to NFC (NIST SP 800-63B-4 §3.1.1.2), because keyboards compose accented letters differently. Nothing is
 * trimmed or case-folded. Null for a password that is too long to hash: it must not cost CPU time (CVE-2013-1443).
 */
export function parsePassword(typed: string): Password | null {
  if (Buffer.byteLength(typed) > 4 * maxBytes) return null // before normalizing, which may shorten it
  const password = typed.normalize('NFC')
  const isHashable =
    Buffer.byteLength(password) <= maxBytes && countCodePoints(password) <= passwordMaxLength
  return isHashable ? (password as Password) : null
}

/** A random password that no person knows. */
export const randomPassword = (random: Random) => random(32).toString('base64url') as Password

/** Each code point counts as one character (NIST SP 800-63B-4 §3.1.1.2). */
export const countCodePoints = (text: string) => Array.from(text).length
