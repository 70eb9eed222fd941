import type { GivenStorage } from './store.js'

export interface SessionOptions {
  /** Where Latchkey or the gateway in front of it answers, for example `https://auth.example.com/graphql`. */
  readonly url: string
  /**
   * Where the refresh token is, as `refreshTokenTransport` of register and login says: `BODY` (by default), or `COOKIE`,
   * out of the reach of the page's scripts.
   */
  readonly transport?: 'BODY' | 'COOKIE'
  /**
   * Where the tokens of `BODY` outlive the page: `() => localStorage`, AsyncStorage. Left out: nowhere. With `COOKIE` nothing
   * secret is kept there.
   */
  readonly storage?: GivenStorage
  /** Tells sessions apart that live in one storage; `latchkey` unless told. */
  readonly name?: string
  /** For the session's own requests. */
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: typeof fetch
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

/** `reason`: `SIGNED_OUT` by the user, or the code with which the service refused the refresh; null when nobody was signed in. */
export type SessionState =
  | { readonly status: 'loading' }
  | { readonly status: 'signed-in'; readonly userId: string }
  | { readonly status: 'signed-out'; readonly reason: string | null }

export interface Session {
  /** The same object until it changes: fit for `useSyncExternalStore(session.subscribe, session.state)`. */
  readonly state: () => SessionState
  /** Told when somebody is signed in or out, here or in another tab; not of refreshes. Gives back how to stop that. */
  readonly subscribe: (listener: () => void) => () => void
  /**
   * The state once it is known what was kept from the last visit. `loading` is left when only the service knows (COOKIE)
   * and was not reached: ask again when the device is online.
   */
  readonly ready: () => Promise<SessionState>
  /** Takes the result of `register`, `login` or `reauthenticate`: true for tokens, false for every other outcome. */
  readonly signIn: (result: unknown) => Promise<boolean>
  /**
   * Signs out here and in all tabs, at once; then tells the service. Rejects when the service could not be reached:
   * the session's next start tells it again.
   */
  readonly signOut: () => Promise<void>
  /** An access token that is good for now, refreshed ahead of time; null when nobody is signed in. */
  readonly accessToken: () => Promise<string | null>
  /**
   * Another access token after the service refused this one as UNAUTHENTICATED, for `reason` of the error's extensions.
   * Null when another try would end like the first.
   */
  readonly recover: (refused: string | null, reason?: string | null) => Promise<string | null>
  /** Stops listening to other tabs. The session itself goes on in them. */
  readonly close: () => void
}

/** The service did not answer, and has not heard of a sign-out yet. */
export class ServiceUnavailable extends Error {
  override readonly name = 'ServiceUnavailable'

  constructor() {
    super('The service was not reached: it does not know of the sign-out yet.')
  }
}
