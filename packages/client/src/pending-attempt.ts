/** Lets the service recognize the retry of a refresh. With its refresh token it is a secret. */
export interface PendingAttempt {
  /** The refresh token that it is sent with; null for the one in the cookie. */
  readonly token: string | null
  readonly value: string
}

// As the service wants it: at least 128 bits.
const valuePattern = /^[\w-]{22,128}$/
const attemptBytes = 32

/** What was stored by another page, perhaps one of another version. */
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

/** Web Crypto: browsers have `getRandomValues` without a secure context; React Native needs a polyfill. */
export function newAttempt(): string | null {
  const { crypto } = globalThis as { crypto?: Partial<RandomSource> }
  const bytes = crypto?.getRandomValues?.(new Uint8Array(attemptBytes))
  if (!bytes) return null
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
}
