import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Config } from './config/config.js'
import { createUsers } from '../features/users/index.js'
import { createProfile } from '../features/profile/index.js'
import {
  createBreachCheck,
  createCredentials,
  createHashPopulation,
  createPasswordHasher,
  createPasswordPolicy,
} from '../features/credentials/index.js'
import { createEmail, createEmailChanges } from '../features/email/index.js'
import { createGuessCount, createRecordRefusedGuesses } from '../features/guesses/index.js'
import { createOneTimeTokens } from '../features/one-time-tokens/index.js'
import { createAudit, createRemoveOldEvents } from '../features/audit/index.js'
import { AuthService } from '../features/auth/index.js'
import {
  createBudgets,
  createCounter,
  createLockout,
  createRefusals,
} from '../features/limits/index.js'
import { createOutbox } from '../features/mail/index.js'
import {
  createRefreshSession,
  createRefreshTokenCodec,
  createRemoveExpiredSessions,
  createRevokeSession,
  createSessions,
} from '../features/sessions/index.js'
import {
  createAccessTokens,
  createKeyRotation,
  createPrivateKeyCipher,
  createSigningKeys,
  hasSigningKeys,
} from '../features/access-tokens/index.js'
import { targetOf } from './database-target.js'
import { openMail } from './open-mail.js'
import { systemClock, type SystemClock } from '../platform/clock.js'
import { keepAuthSecret } from '../platform/crypto/auth-secret.js'
import { createKeyedDigest } from '../platform/crypto/keyed-digest.js'
import { createKeyring } from '../platform/crypto/keyring.js'
import { systemRandom, type Random } from '../platform/crypto/random.js'
import { createSealer } from '../platform/crypto/sealer.js'
import { openDatabase, type DatabaseTarget } from '../platform/database/database.js'
import { createMetrics } from '../platform/observability/metrics.js'
import type { Job } from '../platform/jobs.js'
import { openRedis } from '../platform/redis.js'
import type { Timer } from '../platform/timer.js'

export interface Parts {
  readonly config: Config
  readonly log: Logger
  readonly clock?: SystemClock
  readonly random?: Random
  /** For the deadlines of requests. */
  readonly timer?: Timer
  /** Where the data is; by default where the settings say. */
  readonly target?: DatabaseTarget
  /** Whether jobs run in the background. By hand: only those that must run at the stop do. */
  readonly jobs?: 'background' | 'by hand'
  /** Which of several workers this is, from 1. */
  readonly worker?: number
}

export type Services = Awaited<ReturnType<typeof openServices>>

/** The parts list: everything that Latchkey does, from the bottom up, without HTTP in front of it. */
export async function openServices(parts: Parts) {
  const { config, log, clock = systemClock, random = systemRandom } = parts
  const { redisUrl, metricsPort } = config
  const metrics = await createMetrics({ enabled: metricsPort !== null, redis: redisUrl !== null })
  const hashing = createPasswordHasher(config.argon2, { log, metrics }) // while the database opens
  hashing.catch(() => undefined)
  const database = await openDatabase(parts.target ?? targetOf(config), log, config.hotPath)
  const closing: (() => unknown)[] = []
  /** The database last: what else is open may still need it. */
  async function close() {
    for (const closeOne of closing) closeOne()
    await database.close()
  }
  try {
    const { db } = database
    const isFirstStart = async () => !(await hasSigningKeys(db))
    const secrets =
      config.authSecrets ?? (await keepAuthSecret(config.dataDir, { random, isFirstStart }))

    const audit = createAudit({ db, clock })
    const retention = config.auditRetention
    const removeOldEvents = createRemoveOldEvents({ database, clock, retention })
    const outbox = createOutbox({
      database,
      clock,
      recordRequeue: (tx) => audit.record(tx, { type: 'MESSAGES_REQUEUED' }, null),
    })

    const cipher = createPrivateKeyCipher(createKeyring(secrets, 'signing keys'))
    const keyRotation = createKeyRotation(config.signingKeys, { database, clock, cipher, audit })
    const keys = createSigningKeys({ db, cipher })
    await keyRotation.prepare()
    await keys.load()
    const signing = { keys, clock, newTokenId: () => randomUUID() }
    const accessTokens = createAccessTokens(config.accessTokens, signing)

    const codec = createRefreshTokenCodec(createKeyring(secrets, 'refresh tokens'), random)
    const sessions = createSessions(config.sessions, { database, clock, random, codec, audit })
    const refreshSession = createRefreshSession(config.sessions, { database, clock, codec, audit })
    const revokeSession = createRevokeSession({ database, sessions, audit })
    const removeExpiredSessions = createRemoveExpiredSessions({ database, clock })

    const link = redisUrl === null ? null : await openRedis(redisUrl, log, metrics)
    closing.push(() => link?.close())
    const counter = createCounter({ clock, link })
    const limits = { counter, metrics, factor: config.rateLimitFactor }
    const digestFor = (purpose: string) => createKeyedDigest(createKeyring(secrets, purpose))
    const refusals = createRefusals({ clock, log, digest: digestFor('refused attempts') })
    const lockout = createLockout(limits)
    const budgets = createBudgets(limits)

    const guessCount = createGuessCount({
      database,
      clock,
      digest: digestFor('counts of guesses'),
      outbox,
      log,
      factor: config.rateLimitFactor,
      mailWorks: config.mail.works,
    })
    const population = createHashPopulation({ database, digest: digestFor('stand-in hashes') })
    await population.sample()

    const hasher = await hashing
    closing.push(hasher.close)
    const passwordPolicy = createPasswordPolicy({
      minLength: config.passwords.minLength,
      productWords: namesOf(config),
      isBreached: createBreachCheck({ url: config.passwords.breachCheck, clock, log }),
    })
    const { emailVerificationRequired } = config
    const tokens = createOneTimeTokens({ database, clock, random })
    const changes = createEmailChanges({ database, clock, random })
    const users = createUsers({ database, clock, sessions, audit })
    const credentials = createCredentials({
      database,
      clock,
      random,
      hasher,
      population,
      lockout,
      guessCount,
      budgets,
      refusals,
      passwordPolicy,
      tokens,
      outbox,
      sessions,
      audit,
      emailVerificationRequired,
    })
    const email = createEmail({
      ...{ database, clock, random, budgets, hasher, credentials },
      ...{ tokens, changes, outbox, sessions, audit },
    })
    const profile = createProfile({ database, clock, changes, sessions, outbox, audit })

    const { deliverer, recentMail, transport } = await openMail(config, {
      database,
      clock,
      sealer: createSealer(createKeyring(secrets, 'links in messages')),
      needs: { tokens, changes, audit },
      metrics,
      log,
    })
    closing.push(transport.close)
    const measureMail = async () => {
      const { waiting, dead } = await outbox.count()
      metrics.mailWaiting.set(waiting)
      metrics.mailDead.set(dead)
    }
    const countMail: Job = { name: 'count messages', by: 'one', every: 10_000, run: measureMail }

    const auth = new AuthService(
      {
        registrationOpen: config.registrationOpen,
        emailVerificationRequired,
        passwordMinLength: config.passwords.minLength,
      },
      {
        database,
        clock,
        users,
        credentials,
        profile,
        passwordPolicy,
        sessions,
        refreshSession,
        accessTokens,
        outbox,
        audit,
      },
    )

    const jobs: Job[] = [
      ...keyRotation.jobs,
      { name: 'read signing keys', by: 'each', every: 5_000, run: keys.load },
      removeExpiredSessions,
      ...[users, tokens, changes, guessCount, population, outbox].flatMap((one) => one.jobs),
      createRecordRefusedGuesses({ database, audit, refusals }),
      removeOldEvents,
      ...(metrics.registry ? [countMail] : []),
      // Not at once: what a request does must not show in the time of the next one.
      { name: 'send messages', by: 'one', every: 1_000, run: deliverer.deliverDue },
    ]
    return {
      database,
      clock,
      metrics,
      counter,
      refusals,
      redis: link,
      keys,
      keyRotation,
      accessTokens,
      sessions,
      revokeSession,
      users,
      credentials,
      email,
      profile,
      passwordPolicy,
      auth,
      outbox,
      deliverer,
      recentMail,
      jobs,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Names of the service: attackers put them into passwords that they try first (NIST SP 800-63B-4 §3.1.1.2). */
const namesOf = ({ publicUrl, mail }: Config) => [
  'latchkey',
  ...(mail.sender === null ? [] : [mail.sender]),
  ...new URL(publicUrl).hostname.split('.').slice(0, -1),
]
