import { isPendingAttempt, type PendingAttempt } from './pending-attempt.js'
import { createQueue } from './queue.js'
import { isTokens, type Tokens } from './tokens.js'

/** `localStorage`, React Native's AsyncStorage, or another store of text values by key. */
export interface TokenStorage {
  readonly getItem: (key: string) => string | null | Promise<string | null>
  readonly setItem: (key: string, value: string) => unknown
  readonly removeItem: (key: string) => unknown
}

/**
 * A storage, or a function that returns it: reading `localStorage` throws if cookies are blocked, and servers have
 * none.
 */
export type StorageOption = TokenStorage | (() => TokenStorage) | null

/** The state that outlives the page. */
export interface PersistedState {
  readonly tokens: Tokens | null
  /** Sign-outs that the service has not confirmed yet: the refresh token, or null for the token in the cookie. */
  readonly leaving: readonly (string | null)[]
  /** The attempt of a refresh without an answer. */
  readonly attempt: PendingAttempt | null
}

export interface TokenStore {
  readonly read: () => Promise<PersistedState>
  readonly update: (change: (persisted: PersistedState) => PersistedState) => Promise<void>
}

const emptyState: PersistedState = { tokens: null, leaving: [], attempt: null }

/** Reads and writes the storage. If the storage is full, forbidden or cleared, the session ends with the page. */
export function createTokenStore(storageOption: StorageOption, key: string): TokenStore {
  const storage = () => (typeof storageOption === 'function' ? storageOption() : storageOption)
  // True if the stored state could not be overwritten. Its refresh token is replaced, and using it would count as
  // theft.
  let isOutdated = false
  // Updates run one after another: concurrent updates would overwrite each other.
  const enqueue = createQueue()

  async function read() {
    try {
      return isOutdated ? emptyState : parse(await storage()?.getItem(key))
    } catch {
      return emptyState
    }
  }

  async function write({ tokens, leaving, attempt }: PersistedState) {
    const isEmpty = tokens === null && leaving.length === 0 && attempt === null
    const text = JSON.stringify({ tokens, leaving, ...(attempt && { attempt }) })
    await (isEmpty ? storage()?.removeItem(key) : storage()?.setItem(key, text))
  }

  return {
    read,
    update: (change) =>
      enqueue(async () => {
        const persisted = change(await read())
        isOutdated = await write(persisted).then(returnFalse, returnTrue)
        if (isOutdated) await write(emptyState).catch(returnFalse)
      }),
  }
}

const returnTrue = () => true
const returnFalse = () => false

function parse(text: string | null | undefined): PersistedState {
  const { tokens, leaving, attempt } = JSON.parse(text ?? '{}') as Record<string, unknown>
  const isRefreshToken = (one: unknown) => one === null || typeof one === 'string'
  return {
    tokens: isTokens(tokens) ? tokens : null,
    leaving: Array.isArray(leaving) ? leaving.filter(isRefreshToken) : [],
    attempt: isPendingAttempt(attempt) ? attempt : null,
  }
}
