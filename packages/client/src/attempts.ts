import { newAttempt, type PendingAttempt } from './pending-attempt.js'
import type { PersistedState, TokenStore } from './store.js'

export type Attempts = ReturnType<typeof createAttempts>

/**
 * Provides one attempt value for each refresh token, shared by all tabs and retries. It stores the value before the
 * request: the page may be suspended or closed before the response. If the storage fails, the value lives in memory.
 */
export function createAttempts(store: TokenStore) {
  let memoryAttempt: PendingAttempt | null = null

  const findPending = ({ attempt }: PersistedState, token: string | null) =>
    attempt?.token === token ? attempt : null

  return {
    /** Null if the platform has no random source. Then the service recognizes retries only within REFRESH_GRACE. */
    async getOrCreate(token: string | null): Promise<string | null> {
      const stored = findPending(await store.read(), token)
      if (stored) return stored.value
      const value = memoryAttempt?.token === token ? memoryAttempt.value : newAttempt()
      if (value === null) return null
      const pending = { token, value }
      // Without a lock, another tab may have stored an attempt meanwhile.
      await store.update((persisted) => ({
        ...persisted,
        attempt: findPending(persisted, token) ?? pending,
      }))
      const persisted = findPending(await store.read(), token)
      memoryAttempt = persisted ? null : pending
      return persisted?.value ?? value
    },

    /**
     * Call this when the service has answered. Clears the memory only: the write that stores the outcome also removes
     * the stored value.
     */
    settle: () => {
      memoryAttempt = null
    },
  }
}
