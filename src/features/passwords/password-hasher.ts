import type { Logger } from 'pino'
import {
  chooseEngine,
  type EngineName,
} from '../../platform/crypto/password-hashing/argon2-engine.js'
import { createHashingLimiter } from '../../platform/crypto/password-hashing/hashing-limiter.js'
import { createHashingProcess } from '../../platform/crypto/password-hashing/hashing-process.js'
import {
  dummyHash,
  parametersOf,
  type Argon2Parameters,
} from '../../platform/crypto/password-hashing/phc-string.js'
import type { Metrics } from '../../platform/observability/metrics.js'
import type { Password } from './password.js'

export interface HashingOptions extends Argon2Parameters {
  readonly engine: EngineName | 'auto'
  readonly concurrency: number
  readonly queue: number
  /** Whether a separate process computes the hashes. */
  readonly ownProcess: boolean
}

export interface PasswordHasherDeps {
  readonly log: Logger
  readonly metrics: Metrics
}

export type PasswordHasher = Awaited<ReturnType<typeof createPasswordHasher>>

// The maximum of the settings. A manipulated hash in the table may name 4 GiB.
const maxParameters = { memoryKib: 262_144, iterations: 20, parallelism: 16 }

// Queues one extra job at the hashing process. Without it, the threads of that process idle for a tenth of the time.
const prefetchCount = 1

/** Argon2id (RFC 9106) behind a concurrency limiter. Hashes are PHC strings, which contain their parameters. */
export async function createPasswordHasher(
  options: HashingOptions,
  { log, metrics }: PasswordHasherDeps,
) {
  const concurrency = options.concurrency + (options.ownProcess ? prefetchCount : 0)
  const limiter = createHashingLimiter({ ...options, concurrency, metrics })
  const localEngine = await chooseEngine(options.engine)
  log.info({ engine: localEngine.name }, 'password hashing is ready')
  const engine = options.ownProcess
    ? createHashingProcess(options.concurrency, localEngine, log)
    : localEngine
  const { memoryKib, iterations, parallelism } = options
  const parameters = { memoryKib, iterations, parallelism }
  const isOutdated = (actual: Argon2Parameters) =>
    actual.memoryKib < memoryKib || actual.iterations < iterations
  const countWork = (actual: Argon2Parameters) => {
    metrics.passwordHashWork.inc(actual.memoryKib * actual.iterations)
  }

  return {
    hash: (password: Password) =>
      limiter.pass(() => {
        countWork(parameters)
        return engine.hash(password, parameters)
      }),

    close: engine.close,

    /** Throws ServiceBusy if a hash would be refused now. Call it before other work for the hash. */
    throwIfBusy: limiter.refuseWhenFull,

    /**
     * Whether the password matches the stored hash. Without a usable hash (unknown account, or manipulated row), the
     * result is false. In that case a hash with `dummyParameters` is computed, so the time does not reveal whether an
     * account exists. `isOutdated`: the hash, real or dummy, has weaker parameters than the current ones.
     */
    async verify(
      storedHash: string | null,
      password: Password,
      dummyParameters: Argon2Parameters | null,
    ) {
      const storedParameters = parametersWithin(maxParameters, storedHash)
      const usedParameters = storedParameters ?? dummyParameters ?? parameters
      const hash = storedParameters && storedHash !== null ? storedHash : dummyHash(usedParameters)
      const matches = await limiter.pass(() => {
        countWork(usedParameters)
        return engine.verify(hash, password)
      })
      return {
        matches: matches && storedParameters !== null,
        isOutdated: isOutdated(usedParameters),
      }
    },
  }
}

function parametersWithin(max: Argon2Parameters, storedHash: string | null) {
  const actual = storedHash === null ? null : parametersOf(storedHash)
  const isWithinMax =
    !!actual &&
    actual.memoryKib <= max.memoryKib &&
    actual.iterations <= max.iterations &&
    actual.parallelism <= max.parallelism
  return isWithinMax ? actual : null
}
