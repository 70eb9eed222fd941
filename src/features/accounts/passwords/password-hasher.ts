import type { Logger } from 'pino'
import { argon2Here } from '../../../platform/crypto/password-hashing/argon2-engine.js'
import { createHashingGate } from '../../../platform/crypto/password-hashing/hashing-gate.js'
import { createHashingProcess } from '../../../platform/crypto/password-hashing/hashing-process.js'
import type { Metrics } from '../../../platform/observability/metrics.js'
import { isHashable, normalizePassword } from './password-policy.js'

export interface HashingOptions {
  readonly memoryKib: number
  readonly iterations: number
  readonly parallelism: number
  readonly concurrency: number
  readonly queue: number
  /** Whether to hash in a process of its own. */
  readonly ownProcess: boolean
}

export interface PasswordHasherNeeds {
  readonly log: Logger
  readonly metrics: Metrics
}

export type PasswordHasher = Awaited<ReturnType<typeof createPasswordHasher>>

// What the settings can ask for, and no more: a hash that someone wrote into the table may name 4 GiB.
const heaviest = { memoryKib: 262_144, iterations: 20, parallelism: 16 }

/** Argon2id (RFC 9106) behind a gate; hashes are PHC strings, which carry their own parameters. */
export async function createPasswordHasher(
  options: HashingOptions,
  { log, metrics }: PasswordHasherNeeds,
) {
  const gate = createHashingGate({ ...options, metrics })
  const engine = options.ownProcess ? createHashingProcess(options.concurrency, log) : argon2Here
  const { memoryKib, iterations, parallelism } = options
  const parameters = { memoryKib, iterations, parallelism }
  const nobodys = await argon2Here.hash('the password of nobody', parameters)

  return {
    hash: (password: string) => gate(() => engine.hash(normalizePassword(password), parameters)),

    close: engine.close,

    /**
     * Whether the password is the one that was hashed. Without a usable hash (no such account, or a
     * row that was tampered with) it is not, at the same cost: the time tells nothing of who exists.
     */
    async verify(stored: string | null, password: string): Promise<boolean> {
      if (!isHashable(password)) return false
      const usable = stored !== null && isBearable(stored)
      const matches = await gate(() =>
        engine.verify(usable ? stored : nobodys, normalizePassword(password)),
      )
      return usable && matches
    },

    /**
     * Whether the hash was made with less than is asked for now, and the password is worth another.
     * Not where `verify` took nobody's hash or none: the second hash would tell those cases apart.
     */
    shouldRehash(stored: string | null, password: string) {
      const made = stored !== null && isBearable(stored) ? parse(stored) : null
      if (!made || !isHashable(password)) return false
      return made.memoryKib < options.memoryKib || made.iterations < options.iterations
    },
  }
}

function isBearable(stored: string) {
  const made = parse(stored)
  return (
    !!made &&
    made.memoryKib <= heaviest.memoryKib &&
    made.iterations <= heaviest.iterations &&
    made.parallelism <= heaviest.parallelism
  )
}

function parse(stored: string) {
  const [, memory, iterations, parallelism] =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$[\w+/]{11,88}\$[\w+/]{22,88}$/.exec(
      stored,
    ) ?? []
  if (!memory || !iterations || !parallelism) return null
  return {
    memoryKib: Number(memory),
    iterations: Number(iterations),
    parallelism: Number(parallelism),
  }
}
