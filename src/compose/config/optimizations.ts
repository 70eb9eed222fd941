import type { EngineName } from '../../platform/crypto/password-hashing/argon2-engine.js'

/** What tests and the benchmark switch off, to compare. Not settings: operators have no reason to. */
export interface Optimizations {
  /** One statement for what concurrent requests ask for. */
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
