import type { EngineName } from '../../platform/crypto/password-hashing/argon2-engine.js'

/** Switches for comparisons in tests and benchmarks. Not settings: operators have no reason to change them. */
export interface Optimizations {
  /** Batches lookups from concurrent requests into one statement. */
  readonly batching: boolean
  /** `auto`: the fastest library that loads. */
  readonly argon2Engine: EngineName | 'auto'
  /** Hashes passwords in a process of low priority. */
  readonly hashingProcess: boolean
}

export const allOptimizations: Optimizations = {
  batching: true,
  argon2Engine: 'auto',
  hashingProcess: true,
}
