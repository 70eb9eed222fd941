import type { Logger } from 'pino'
import type { Config } from './config/config.js'
import { createPasswordHasher } from '../features/passwords/index.js'
import { hasSigningKeys } from '../features/access-tokens/index.js'
import { targetOf } from './database-target.js'
import { systemClock, type SystemClock } from '../platform/clock.js'
import { loadOrCreateAuthSecret } from '../platform/crypto/auth-secret.js'
import { createKeyedDigest } from '../platform/crypto/keyed-digest.js'
import { createKeyring } from '../platform/crypto/keyring.js'
import { systemRandom, type Random } from '../platform/crypto/random.js'
import { openDatabase, type Database, type DatabaseTarget } from '../platform/database/database.js'
import { createMetrics } from '../platform/observability/metrics.js'
import { openRedis } from '../platform/redis.js'

export interface InfrastructureOptions {
  readonly config: Config
  readonly log: Logger
  readonly clock?: SystemClock
  readonly random?: Random
  /** The location of the data; by default according to the settings. */
  readonly target?: DatabaseTarget
}

export type Infrastructure = Awaited<ReturnType<typeof openInfrastructure>>

/** Services that the features need: the database, Redis, secrets, the hashing process, time and randomness. */
export async function openInfrastructure(options: InfrastructureOptions) {
  const { config, log, clock = systemClock, random = systemRandom } = options
  const { redisUrl, metricsPort } = config
  const metrics = await createMetrics({ enabled: metricsPort !== null, redis: redisUrl !== null })
  const hasherPromise = createPasswordHasher(config.argon2, { log, metrics }) // while the database opens
  hasherPromise.catch(() => undefined)
  const database = await openDatabase(options.target ?? targetOf(config), log, config.hotPath)
  const closeHandlers: (() => unknown)[] = []
  /** Closes the database last: the other services may still need it. */
  async function close() {
    for (const closeHandler of closeHandlers) closeHandler()
    await database.close()
  }
  try {
    const secrets = config.authSecrets ?? (await loadAuthSecret(database, config, random))
    const redis = redisUrl === null ? null : await openRedis(redisUrl, log, metrics)
    closeHandlers.push(() => redis?.close())
    const hasher = await hasherPromise
    closeHandlers.push(hasher.close)
    const keyringFor = (purpose: string) => createKeyring(secrets, purpose)
    return {
      log,
      clock,
      random,
      metrics,
      database,
      redis,
      hasher,
      keyringFor,
      digestFor: (purpose: string) => createKeyedDigest(keyringFor(purpose)),
      /** Registers a handler that runs before the database closes. */
      onClose: (closeHandler: () => unknown) => void closeHandlers.push(closeHandler),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The secret in the data folder, created at the first start. */
const loadAuthSecret = ({ db }: Database, { dataDir }: Config, random: Random) =>
  loadOrCreateAuthSecret(dataDir, { random, isFirstStart: async () => !(await hasSigningKeys(db)) })
