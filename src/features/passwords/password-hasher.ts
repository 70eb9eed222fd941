import type { Logger } from 'pino'
import {
  chooseEngine,
  type EngineName,
} from '../../platform/crypto/password-hashing/argon2-engine.js'
import { createHashingGate } from '../../platform/crypto/password-hashing/hashing-gate.js'
import { createHashingProcess } from '../../platform/crypto/password-hashing/hashing-process.js'
import {
  nobodysHash,
  parametersOf,
  type Argon2Parameters,
} from '../../platform/crypto/password-hashing/phc-string.js'
import type { Metrics } from '../../platform/observability/metrics.js'
import type { Password } from './password.js'

export interface HashingOptions extends Argon2Parameters {
  readonly engine: EngineName | 'auto'
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

// The next is there when the hashing process is done with one: else its threads wait for a tenth of the time.
const ahead = 1

/** Argon2id (RFC 9106) behind a gate; hashes are PHC strings, which carry their own parameters. */
export async function createPasswordHasher(
  options: HashingOptions,
  { log, metrics }: PasswordHasherNeeds,
) {
  const concurrency = options.concurrency + (options.ownProcess ? ahead : 0)
  const gate = createHashingGate({ ...options, concurrency, metrics })
  const here = await chooseEngine(options.engine)
  log.info({ engine: here.name }, 'passwords can be hashed')
  const engine = options.ownProcess ? createHashingProcess(options.concurrency, here, log) : here
  const { memoryKib, iterations, parallelism } = options
  const parameters = { memoryKib, iterations, parallelism }
  const isOutdated = (made: Argon2Parameters) =>
    made.memoryKib < memoryKib || made.iterations < iterations
  const count = (made: Argon2Parameters) => {
    metrics.passwordHashWork.inc(made.memoryKib * made.iterations)
  }

  return {
    hash: (password: Password) =>
      gate.pass(() => {
        count(parameters)
        return engine.hash(password, parameters)
      }),

    close: engine.close,

    /** Throws ServiceBusy where a hash would, before anything is done for it. */
    refuseWhenBusy: gate.refuseWhenFull,

    /**
     * Whether the password is the one that was hashed. Without a usable hash (no such account, or a row that was
     * tampered with) it is not, at the cost of a hash with the parameters of `standIn`: the time tells nothing of who
     * exists. `isOutdated`: that hash, real or not, has weaker parameters than today's.
     */
    async verify(stored: string | null, password: Password, standIn: Argon2Parameters | null) {
      const usable = parametersWithin(heaviest, stored)
      const used = usable ?? standIn ?? parameters
      const hash = usable && stored !== null ? stored : nobodysHash(used)
      const matches = await gate.pass(() => {
        count(used)
        return engine.verify(hash, password)
      })
      return { matches: matches && usable !== null, isOutdated: isOutdated(used) }
    },
  }
}

function parametersWithin(most: Argon2Parameters, stored: string | null) {
  const made = stored === null ? null : parametersOf(stored)
  const isBearable =
    !!made &&
    made.memoryKib <= most.memoryKib &&
    made.iterations <= most.iterations &&
    made.parallelism <= most.parallelism
  return isBearable ? made : null
}
