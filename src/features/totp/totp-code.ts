import { Secret, TOTP } from 'otpauth'
import { removeSeparators } from '../../platform/text.js'
import type { Random } from '../../platform/crypto/random.js'

// Every authenticator app supports these values (RFC 6238), which are also the library's defaults.
const periodMs = 30_000
const digits = 6
const secretBytes = 20 // as long as the hash (RFC 4226 §4)

/** Generates a secret in base32. */
export const newTotpSecret = (random: Random): string =>
  Secret.fromHex(random(secretBytes).toString('hex')).base32

/** The six digits of a code as people type it: full-width digits, spaces and dashes do not matter. Null if it is none. */
export function parseTotpCode(text: string): string | null {
  if (text.length > 100) return null
  const code = removeSeparators(text)
  return /^[0-9]{6}$/.test(code) ? code : null
}

/**
 * The time step of a code, or null if it is wrong. The clock of the device may be one step (30 s) off (RFC 6238 §5.2).
 */
export function stepOfCode(code: string, secret: string, now: Date): number | null {
  const timestamp = now.getTime()
  const totp = { token: code, secret: Secret.fromBase32(secret), digits, timestamp, window: 1 }
  const delta = TOTP.validate(totp)
  return delta === null ? null : Math.floor(timestamp / periodMs) + delta
}

/** The URI in the QR code. Apps read a colon in a name as the separator of issuer and account. */
export function otpauthUri(
  secret: string,
  { issuer, account }: { issuer: string; account: string },
) {
  const [cleanIssuer, label] = [issuer, account].map((name) => name.replaceAll(':', ' ').trim())
  const totp = new TOTP({ issuer: cleanIssuer ?? '', label: label ?? '', secret })
  return totp.toString()
}
