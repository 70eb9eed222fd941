import { hash } from 'node:crypto'
import type { Random } from '../../platform/crypto/random.js'
import { removeSeparators } from '../../platform/text.js'

// Crockford's base 32: without i, l, o and u, which people confuse with other characters.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const length = 24 // 120 bits: too many to guess, so a plain hash may be stored (ASVS 6.5.2)

/** Generates a code for people, such as `ybfj-80qq-q541-1k44-ne8g-kf47`. */
export function newRecoveryCode(random: Random): string {
  // 32 divides 256, so each character is equally likely.
  const characters = [...random(length)].map((byte) => alphabet[byte % alphabet.length])
  return characters.join('').replace(/(.{4})(?=.)/g, '$1-')
}

// Longer input is not a code with a few spaces and dashes.
const maxInputLength = 200

/** The canonical form of a code as people type it: any case, spaces and dashes. Null if it cannot be a code. */
export function parseRecoveryCode(text: string): string | null {
  if (text.length > maxInputLength) return null
  const canonical = removeSeparators(text).toLowerCase().replaceAll('o', '0').replace(/[il]/g, '1')
  return canonical.length === length && /^[0-9a-hjkmnp-tv-z]+$/.test(canonical) ? canonical : null
}

/** The stored form of a code in canonical form. The user id makes equal codes of two users differ. */
export const hashRecoveryCode = (userId: string, canonical: string): Buffer =>
  hash('sha256', `recovery-code ${userId} ${canonical}`, 'buffer')
