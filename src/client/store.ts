import { isTokens, type Tokens } from './tokens.js'

/** `localStorage`, React Native's AsyncStorage, or whatever else keeps a text under a name. */
export interface TokenStorage {
  readonly getItem: (key: string) => string | null | Promise<string | null>
  readonly setItem: (key: string, value: string) => unknown
  readonly removeItem: (key: string) => unknown
}

/** What outlives the page. */
export interface Kept {
  readonly tokens?: Tokens
  /** A sign-out that the service has not confirmed yet: the refresh token, null for one in a cookie. */
  readonly leaving?: string | null
}

export interface TokenStore {
  readonly read: () => Promise<Kept>
  readonly write: (kept: Kept) => Promise<void>
}

/** A storage that is full, forbidden or empties itself is as good as none: the session then ends with the page. */
export function createTokenStore(storage: TokenStorage | null, key: string): TokenStore {
  return {
    async read() {
      try {
        return parse(await storage?.getItem(key))
      } catch {
        return {}
      }
    },
    async write(kept) {
      try {
        const empty = kept.tokens === undefined && kept.leaving === undefined
        await (empty ? storage?.removeItem(key) : storage?.setItem(key, JSON.stringify(kept)))
      } catch {
        // Nothing was kept, and nothing depends on it.
      }
    },
  }
}

function parse(text: string | null | undefined): Kept {
  const { tokens, leaving } = JSON.parse(text ?? '{}') as Record<string, unknown>
  return {
    ...(isTokens(tokens) && { tokens }),
    ...((leaving === null || typeof leaving === 'string') && { leaving }),
  }
}
