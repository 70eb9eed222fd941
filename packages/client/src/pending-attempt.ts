/**
 * The attempt value lets the service recognize the retry of a refresh. Together with its refresh token it is a
 * secret.
 */
export interface PendingAttempt {
  /** The refresh token of the attempt. Null for the token in the cookie. */
  readonly token: string | null
  readonly value: string
}

// The minimum of the service: 128 bits.
const valuePattern = /^[\w-]{22,128}$/
const attemptBytes = 32

/** Validates data that another page stored, perhaps with another version. */
export function isPendingAttempt(stored: unknown): stored is PendingAttempt {
  const { token, value } = (stored ?? {}) as Partial<PendingAttempt>
  return (
    (token === null || typeof token === 'string') &&
    typeof value === 'string' &&
    valuePattern.test(value)
  )
}

interface RandomSource {
  getRandomValues(bytes: Uint8Array): Uint8Array
}

/** Web Crypto: browsers have `getRandomValues` even without a secure context. React Native needs a polyfill. */
export function newAttempt(): string | null {
  const { crypto } = globalThis as { crypto?: Partial<RandomSource> }
  const bytes = crypto?.getRandomValues?.(new Uint8Array(attemptBytes))
  if (!bytes) return null
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
}
