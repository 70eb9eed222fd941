import { hash, verify } from 'argon2'

export interface Argon2Parameters {
  readonly memoryKib: number
  readonly iterations: number
  readonly parallelism: number
}

/** Computes Argon2id hashes (RFC 9106) as PHC strings. */
export interface Argon2Engine {
  readonly hash: (password: string, parameters: Argon2Parameters) => Promise<string>
  /** False for what is no hash, too. */
  readonly verify: (stored: string, password: string) => Promise<boolean>
  readonly close: () => void
}

/** On the threads of this process. */
export const argon2Here: Argon2Engine = {
  hash: (password, { memoryKib, iterations, parallelism }) =>
    hash(password, { memoryCost: memoryKib, timeCost: iterations, parallelism }),
  verify: (stored, password) => verify(stored, password).catch(() => false),
  close: () => undefined,
}
