import type { Chain } from '../load/plan.js'

export interface Tokens {
  readonly email: string
  /** The credential for `me`: an access token, or a cookie. */
  readonly access: string
  readonly refresh: string
}

/** How to call a server: the same operations in its own protocol. */
export interface Api {
  /** Through the public API, as a client does. */
  readonly register: (port: number, email: string) => Promise<Tokens>
  readonly me?: Operation<(access: string) => string>
  readonly login?: Operation<(email: string) => string>
  readonly refresh?: Operation<Chain>
}

interface Operation<T> {
  readonly request: T
  /** Text in the body of every correct answer and of no other. */
  readonly expected: string
}

// Of typical length and variety; the same for every user and server.
export const password = 'rusty-Lantern 41 over the quay'
export const emailOf = (n: number) => `bench${String(n).padStart(4, '0')}@example.com`
/** Part of every correct `me` answer, which contains the user's address. */
export const emailMarker = '"email":"bench'
