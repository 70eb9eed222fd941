import type { Kept, TokenStore } from './store.js'

/** Lets the service recognize the retry of a refresh. With its refresh token it is a secret. */
export interface PendingAttempt {
  /** The refresh token that it is sent with; null for the one in the cookie. */
  readonly token: string | null
  readonly value: string
}

export type Attempts = ReturnType<typeof createAttempts>

/**
 * One attempt value for each refresh token, whichever tab sends it and however often. It is stored before it is sent,
 * because the page may be suspended or closed before the response arrives. What the storage cannot keep lives as long as the page.
 */
export function createAttempts(store: TokenStore) {
  let inMemory: PendingAttempt | null = null

  const pendingIn = ({ attempt }: Kept, token: string | null) =>
    attempt?.token === token ? attempt : null

  return {
    /** Null where the platform has no random source. The service then recognizes retries within REFRESH_GRACE only. */
    async of(token: string | null): Promise<string | null> {
      const stored = pendingIn(await store.read(), token)
      if (stored) return stored.value
      const value = inMemory?.token === token ? inMemory.value : newAttempt()
      if (value === null) return null
      const pending = { token, value }
      // Without a lock, another tab may have stored one since.
      await store.update((kept) => ({ ...kept, attempt: pendingIn(kept, token) ?? pending }))
      const kept = pendingIn(await store.read(), token)
      inMemory = kept ? null : pending
      return kept?.value ?? value
    },

    /** The service answered. The stored value goes with the write that stores the answer. */
    settle: () => {
      inMemory = null
    },
  }
}

// As the service wants it: at least 128 bits.
const form = /^[\w-]{22,128}$/
const attemptBytes = 32

/** What was stored by another page, perhaps one of another version. */
export function isPendingAttempt(stored: unknown): stored is PendingAttempt {
  const { token, value } = (stored ?? {}) as Partial<PendingAttempt>
  return (
    (token === null || typeof token === 'string') && typeof value === 'string' && form.test(value)
  )
}

interface RandomSource {
  getRandomValues(bytes: Uint8Array): Uint8Array
}

/** Web Crypto: browsers have `getRandomValues` without a secure context; React Native needs a polyfill. */
function newAttempt(): string | null {
  const { crypto } = globalThis as { crypto?: Partial<RandomSource> }
  const bytes = crypto?.getRandomValues?.(new Uint8Array(attemptBytes))
  if (!bytes) return null
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
}
