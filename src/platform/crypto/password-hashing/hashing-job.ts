import type { Argon2Engine } from './argon2-engine.js'
import type { Argon2Parameters } from './phc-string.js'

export type HashingWork =
  | {
      readonly kind: 'hash'
      readonly password: string
      readonly parameters: Argon2Parameters
    }
  | { readonly kind: 'verify'; readonly stored: string; readonly password: string }

/** A job that the server sends to the hashing process. */
export interface HashingJob {
  readonly id: number
  readonly work: HashingWork
}

export type HashingResult =
  | { readonly id: number; readonly value: string | boolean }
  | { readonly id: number; readonly error: string }

export const runHashing = (engine: Argon2Engine, work: HashingWork): Promise<string | boolean> =>
  work.kind === 'hash'
    ? engine.hash(work.password, work.parameters)
    : engine.verify(work.stored, work.password)
