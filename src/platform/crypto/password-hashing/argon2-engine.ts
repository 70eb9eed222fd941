import type { Argon2Parameters } from './phc-string.js'

/** Computes Argon2id hashes (RFC 9106) as PHC strings. */
export interface Argon2Engine {
  readonly name: EngineName
  readonly hash: (password: string, parameters: Argon2Parameters) => Promise<string>
  /** Throws for an invalid hash and when memory runs out: neither means a wrong password. */
  readonly verify: (stored: string, password: string) => Promise<boolean>
  readonly close: () => void
}

interface Library {
  readonly hash: (
    password: string,
    options: { memoryCost: number; timeCost: number; parallelism: number },
  ) => Promise<string>
  readonly verify: (stored: string, password: string) => Promise<boolean>
}

// Both libraries give the same results and verify each other's hashes: Argon2id, 16 bytes of salt, 32 of tag.
const libraries = {
  argon2: (): Promise<Library> => import('argon2'),
  /** 2.1 times as fast, with vector instructions that it detects at runtime. Not available for every platform. */
  'node-rs': (): Promise<Library> => import('@node-rs/argon2'),
}

export type EngineName = keyof typeof libraries

/** The engine on the threads of this process. */
export async function loadEngine(name: EngineName): Promise<Argon2Engine> {
  const { hash, verify } = await libraries[name]()
  return {
    name,
    hash: (password, { memoryKib, iterations, parallelism }) =>
      hash(password, { memoryCost: memoryKib, timeCost: iterations, parallelism }),
    verify: async (stored, password) => verify(stored, password),
    close: () => undefined,
  }
}

/** Chooses the engine at start: the fastest that loads here, unless `preferred` names one. */
export const chooseEngine = (preferred: EngineName | 'auto'): Promise<Argon2Engine> =>
  preferred === 'auto'
    ? loadEngine('node-rs').catch(() => loadEngine('argon2'))
    : loadEngine(preferred)
