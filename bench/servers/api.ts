import type { Chain } from '../load/plan.js'

export interface Tokens {
  readonly email: string
  /** What `me` is asked with: an access token, or a cookie. */
  readonly access: string
  readonly refresh: string
}

/** How to talk to a server: the same operations, in its own words. */
export interface Api {
  /** Through its front door, as a client does. */
  readonly register: (port: number, email: string) => Promise<Tokens>
  readonly me?: Operation<(access: string) => string>
  readonly login?: Operation<(email: string) => string>
  readonly refresh?: Operation<Chain>
}

interface Operation<T> {
  readonly request: T
  /** What is in the body of every right answer and of no other. */
  readonly expected: string
}

// As long and as mixed as passwords are; the same for everybody on every server.
export const password = 'rusty-Lantern 41 over the quay'
export const emailOf = (n: number) => `bench${String(n).padStart(4, '0')}@example.com`
/** Every `me` says whose it is. */
export const emailMarker = '"email":"bench'
