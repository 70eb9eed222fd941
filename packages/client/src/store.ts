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
export type GivenStorage = TokenStorage | (() => TokenStorage) | null

/** What outlives the page. */
export interface Kept {
  readonly tokens: Tokens | null
  /** Sign-outs that the service has not confirmed yet: the refresh token, null for the one in the cookie. */
  readonly leaving: readonly (string | null)[]
  /** Of a refresh without an answer. */
  readonly attempt: PendingAttempt | null
}

export interface TokenStore {
  readonly read: () => Promise<Kept>
  readonly update: (change: (kept: Kept) => Kept) => Promise<void>
}

const nothing: Kept = { tokens: null, leaving: [], attempt: null }

/** A storage that is full, forbidden or empties itself is as good as none: the session then ends with the page. */
export function createTokenStore(given: GivenStorage, key: string): TokenStore {
  const storage = () => (typeof given === 'function' ? given() : given)
  // What could not be overwritten. Its refresh token has been replaced, and would count as stolen.
  let isOutdated = false
  // A change is made of what was read: two at once, and the later one would undo the first.
  const inTurn = createQueue()

  async function read() {
    try {
      return isOutdated ? nothing : parse(await storage()?.getItem(key))
    } catch {
      return nothing
    }
  }

  async function write({ tokens, leaving, attempt }: Kept) {
    const isEmpty = tokens === null && leaving.length === 0 && attempt === null
    const text = JSON.stringify({ tokens, leaving, ...(attempt && { attempt }) })
    await (isEmpty ? storage()?.removeItem(key) : storage()?.setItem(key, text))
  }

  return {
    read,
    update: (change) =>
      inTurn(async () => {
        const kept = change(await read())
        isOutdated = await write(kept).then(no, yes)
        if (isOutdated) await write(nothing).catch(no)
      }),
  }
}

const yes = () => true
const no = () => false

function parse(text: string | null | undefined): Kept {
  const { tokens, leaving, attempt } = JSON.parse(text ?? '{}') as Record<string, unknown>
  const isRefreshToken = (one: unknown) => one === null || typeof one === 'string'
  return {
    tokens: isTokens(tokens) ? tokens : null,
    leaving: Array.isArray(leaving) ? leaving.filter(isRefreshToken) : [],
    attempt: isPendingAttempt(attempt) ? attempt : null,
  }
}
