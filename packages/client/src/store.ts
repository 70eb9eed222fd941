import { isPendingAttempt, type PendingAttempt } from './pending-attempt.js'
import { createQueue } from './queue.js'
import { isTokens, type Tokens } from './tokens.js'

/** `localStorage`, React Native's AsyncStorage, or whatever else keeps a text under a name. */
export interface TokenStorage {
  readonly getItem: (key: string) => string | null | Promise<string | null>
  readonly setItem: (key: string, value: string) => unknown
  readonly removeItem: (key: string) => unknown
}

/** Or how to get at it: where cookies are blocked, already naming `localStorage` throws, and servers have none. */
export type StorageOption = TokenStorage | (() => TokenStorage) | null

/** What outlives the page. */
export interface PersistedState {
  readonly tokens: Tokens | null
  /** Sign-outs that the service has not confirmed yet: the refresh token, null for the one in the cookie. */
  readonly leaving: readonly (string | null)[]
  /** Of a refresh without an answer. */
  readonly attempt: PendingAttempt | null
}

export interface TokenStore {
  readonly read: () => Promise<PersistedState>
  readonly update: (change: (persisted: PersistedState) => PersistedState) => Promise<void>
}

const emptyState: PersistedState = { tokens: null, leaving: [], attempt: null }

/** A storage that is full, forbidden or empties itself is as good as none: the session then ends with the page. */
export function createTokenStore(storageOption: StorageOption, key: string): TokenStore {
  const storage = () => (typeof storageOption === 'function' ? storageOption() : storageOption)
  // What could not be overwritten. Its refresh token has been replaced, and would count as stolen.
  let isOutdated = false
  // A change is made of what was read: two at once, and the later one would undo the first.
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
