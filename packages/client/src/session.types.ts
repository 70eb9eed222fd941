import type { StorageOption } from './store.js'

export interface SessionOptions {
  /** The URL of Latchkey or of the gateway in front of it, for example `https://auth.example.com/graphql`. */
  readonly url: string
  /**
   * The place of the refresh token, as in `refreshTokenTransport` of register and login: `BODY` (default), or
   * `COOKIE`, which scripts of the page cannot read.
   */
  readonly transport?: 'BODY' | 'COOKIE'
  /**
   * The storage in which `BODY` tokens outlive the page: `() => localStorage`, AsyncStorage. By default, none. With
   * `COOKIE` it stores no tokens, only the value that identifies retries of a refresh. Without it, a response lost
   * for longer than REFRESH_GRACE ends the session.
   */
  readonly storage?: StorageOption
  /** Distinguishes sessions in one storage. Default: `latchkey`. */
  readonly name?: string
  /** Headers for the session's own requests. */
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: typeof fetch
  /** The current time in milliseconds since 1970. */
  readonly now?: () => number
}

export type SessionState =
  /** The session has not read the stored state yet. */
  | { readonly status: 'loading' }
  /**
   * Only the service knows the state (COOKIE), and it did not answer. `ready` asks again, and so does the session
   * when the device is online.
   */
  | { readonly status: 'unreachable' }
  | { readonly status: 'signed-in'; readonly userId: string }
  /** `reason` is null when no user was signed in. */
  | { readonly status: 'signed-out'; readonly reason: EndReason | null }

/** A sign-out by the user, or the code with which the service refused the refresh. The service may add values. */
export type EndReason =
  | 'SIGNED_OUT'
  | 'SESSION_ENDED'
  | 'REFRESH_TOKEN_EXPIRED'
  | 'REFRESH_TOKEN_REUSED'
  | 'INVALID_REFRESH_TOKEN'
  | (string & Record<never, never>)

export interface Session {
  /** The `url` of the options. Its origin gets the access token. */
  readonly url: string
  /** The same object until the state changes: works with `useSyncExternalStore(session.subscribe, session.state)`. */
  readonly state: () => SessionState
  /**
   * Calls the listener when a user signs in or out, here or in another tab. Not called for refreshes. Returns a
   * function that unsubscribes.
   */
  readonly subscribe: (listener: () => void) => () => void
  /** Resolves with the state after the stored state has been read. Asks the service again if it was not reachable. */
  readonly ready: () => Promise<SessionState>
  /** Takes the result of `register`, `login` or `reauthenticate`. True for tokens, false for all other outcomes. */
  readonly signIn: (result: unknown) => Promise<boolean>
  /**
   * Signs out here and in all tabs at once, then tells the service. False when the service was not reachable: the
   * next start of the session tells it again.
   */
  readonly signOut: () => Promise<boolean>
  /** A valid access token, refreshed before it expires. Null when no user is signed in. */
  readonly accessToken: () => Promise<string | null>
  /**
   * Returns another access token after the service refused this one with UNAUTHENTICATED. `reason` is from the
   * extensions of the error. Null when a retry would fail again.
   */
  readonly recover: (refused: string | null, reason?: string | null) => Promise<string | null>
  /**
   * The proof of presence for step-up operations (operations with `presenceProof` in their input). Null when the user
   * has not signed in or reauthenticated in this tab. It is in memory only: put it into the input of such an
   * operation and nowhere else. It lasts ten minutes, and the service may refuse it (REAUTHENTICATION_REQUIRED).
   */
  readonly presenceProof: () => string | null
  /** Stops listening to other tabs. The session continues in them. */
  readonly close: () => void
}
