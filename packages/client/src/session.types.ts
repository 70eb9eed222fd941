import type { StorageOption } from './store.js'

export interface SessionOptions {
  /** Where Latchkey or the gateway in front of it answers, for example `https://auth.example.com/graphql`. */
  readonly url: string
  /**
   * Where the refresh token is, as `refreshTokenTransport` of register and login says: `BODY` (by default), or `COOKIE`,
   * out of the reach of the page's scripts.
   */
  readonly transport?: 'BODY' | 'COOKIE'
  /**
   * Where the tokens of `BODY` outlive the page: `() => localStorage`, AsyncStorage. Left out: nowhere. With `COOKIE` no token
   * is kept there, but what recognizes the retry of a refresh: without it, a response that is lost for longer than
   * REFRESH_GRACE signs out.
   */
  readonly storage?: StorageOption
  /** Tells sessions apart that live in one storage; `latchkey` unless told. */
  readonly name?: string
  /** For the session's own requests. */
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: typeof fetch
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

export type SessionState =
  /** It is not known yet what was kept from the last visit. */
  | { readonly status: 'loading' }
  /** Only the service knows (COOKIE), and it did not answer: it is asked again by `ready`, and once the device is online. */
  | { readonly status: 'unreachable' }
  | { readonly status: 'signed-in'; readonly userId: string }
  /** `reason`: null when nobody was signed in. */
  | { readonly status: 'signed-out'; readonly reason: EndReason | null }

/** The user's own doing, or the code with which the service refused the refresh. Values may be added. */
export type EndReason =
  | 'SIGNED_OUT'
  | 'SESSION_ENDED'
  | 'REFRESH_TOKEN_EXPIRED'
  | 'REFRESH_TOKEN_REUSED'
  | 'INVALID_REFRESH_TOKEN'
  | (string & Record<never, never>)

export interface Session {
  /** `url` of the options. Its origin gets the access token. */
  readonly url: string
  /** The same object until it changes: fit for `useSyncExternalStore(session.subscribe, session.state)`. */
  readonly state: () => SessionState
  /** Told when somebody is signed in or out, here or in another tab; not of refreshes. Gives back how to stop that. */
  readonly subscribe: (listener: () => void) => () => void
  /** The state once it is known what was kept from the last visit; asks again where the service was not reached. */
  readonly ready: () => Promise<SessionState>
  /** Takes the result of `register`, `login` or `reauthenticate`: true for tokens, false for every other outcome. */
  readonly signIn: (result: unknown) => Promise<boolean>
  /**
   * Signs out here and in all tabs, at once; then tells the service. False when the service could not be reached: it is
   * told again at the session's next start.
   */
  readonly signOut: () => Promise<boolean>
  /** An access token that is good for now, refreshed ahead of time; null when nobody is signed in. */
  readonly accessToken: () => Promise<string | null>
  /**
   * Another access token after the service refused this one as UNAUTHENTICATED, for `reason` of the error's extensions.
   * Null when another try would end like the first.
   */
  readonly recover: (refused: string | null, reason?: string | null) => Promise<string | null>
  /**
   * The proof of presence for step-up operations (those with `presenceProof` in their input); null when the user has not
   * signed in or reauthenticated in this tab. It stays in memory: put it into the input of such an operation and nowhere
   * else. The service may refuse it (REAUTHENTICATION_REQUIRED): it lasts ten minutes.
   */
  readonly presenceProof: () => string | null
  /** Stops listening to other tabs. The session itself goes on in them. */
  readonly close: () => void
}
