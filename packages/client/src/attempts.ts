import { newAttempt, type PendingAttempt } from './pending-attempt.js'
import type { PersistedState, TokenStore } from './store.js'

export type Attempts = ReturnType<typeof createAttempts>

/**
 * One attempt value for each refresh token, whichever tab sends it and however often. It is stored before it is sent,
 * because the page may be suspended or closed before the response arrives. What the storage cannot keep lives as long as the page.
 */
export function createAttempts(store: TokenStore) {
  let memoryAttempt: PendingAttempt | null = null

  const findPending = ({ attempt }: PersistedState, token: string | null) =>
    attempt?.token === token ? attempt : null

  return {
    /** Null where the platform has no random source. The service then recognizes retries within REFRESH_GRACE only. */
    async getOrCreate(token: string | null): Promise<string | null> {
      const stored = findPending(await store.read(), token)
      if (stored) return stored.value
      const value = memoryAttempt?.token === token ? memoryAttempt.value : newAttempt()
      if (value === null) return null
      const pending = { token, value }
      // Without a lock, another tab may have stored one since.
      await store.update((persisted) => ({
        ...persisted,
        attempt: findPending(persisted, token) ?? pending,
      }))
      const persisted = findPending(await store.read(), token)
      memoryAttempt = persisted ? null : pending
      return persisted?.value ?? value
    },

    /** The service answered. The stored value goes with the write that stores the answer. */
    settle: () => {
      memoryAttempt = null
    },
  }
}
