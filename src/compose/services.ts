import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import type { Config } from './config/config.js'
import { ProfileResolver, UserResolver, createProfile } from '../features/profile/index.js'
import { createUsers } from '../features/users/index.js'
import { PasswordResolver, createCredentials } from '../features/credentials/index.js'
import {
  createBreachCheck,
  createHashPopulation,
  createPasswordPolicy,
} from '../features/passwords/index.js'
import {
  EmailVerificationResolver,
  createEmailVerification,
} from '../features/email-verification/index.js'
import { EmailResolver, createEmail, createEmailChanges } from '../features/email/index.js'
import { createGuessCount, createRecordRefusedGuesses } from '../features/guesses/index.js'
import { createOneTimeTokens } from '../features/one-time-tokens/index.js'
import { createAudit, createRemoveOldEvents } from '../features/audit/index.js'
import { AuthPayloadResolver, AuthResolver, AuthService } from '../features/auth/index.js'
import {
  createBudgets,
  createCounter,
  createLockout,
  createRefusals,
} from '../features/limits/index.js'
import { createOutbox } from '../features/mail/index.js'
import {
  SessionConnectionResolver,
  SessionResolver,
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
} from '../features/access-tokens/index.js'
import {
  openInfrastructure,
  type Infrastructure,
  type InfrastructureParts,
} from './infrastructure.js'
import { openMail } from './open-mail.js'
import { createSealer } from '../platform/crypto/sealer.js'
import type { Job } from '../platform/jobs.js'

export type Services = Awaited<ReturnType<typeof openServices>>

/** Everything that Latchkey does, without HTTP in front of it. */
export async function openServices(parts: InfrastructureParts) {
  const infrastructure = await openInfrastructure(parts)
  try {
    return { ...infrastructure, ...(await openFeatures(parts.config, infrastructure)) }
  } catch (error) {
    await infrastructure.close()
    throw error
  }
}

/** The parts list, from the bottom of the ladder to its top. */
async function openFeatures(config: Config, infrastructure: Infrastructure) {
  const { database, clock, random, log, metrics, hasher, keyringFor, digestFor } = infrastructure
  const audit = createAudit({ db: database.db, clock })
  const retention = config.auditRetention
  const removeOldEvents = createRemoveOldEvents({ database, clock, retention })
  const outbox = createOutbox({
    database,
    clock,
    recordRequeue: (tx) => audit.record(tx, { type: 'MESSAGES_REQUEUED' }, null),
  })

  const cipher = createPrivateKeyCipher(keyringFor('signing keys'))
  const keyRotation = createKeyRotation(config.signingKeys, { database, clock, cipher, audit })
  const keys = createSigningKeys({ db: database.db, cipher })
  await keyRotation.prepare()
  await keys.load()
  const signing = { keys, clock, newTokenId: () => randomUUID() }
  const accessTokens = createAccessTokens(config.accessTokens, signing)

  const codec = createRefreshTokenCodec(keyringFor('refresh tokens'), random)
  const sessions = createSessions(config.sessions, { database, clock, random, codec, audit })
  const refreshSession = createRefreshSession(config.sessions, { database, clock, codec, audit })
  const revokeSession = createRevokeSession({ database, sessions, audit })
  const removeExpiredSessions = createRemoveExpiredSessions({ database, clock })

  const counter = createCounter({ clock, link: infrastructure.redis })
  const limits = { counter, metrics, factor: config.rateLimitFactor }
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
  const emailVerification = createEmailVerification({
    ...{ database, clock, tokens, outbox, audit },
    checkPassword: credentials.checkPassword,
    findRepeat: credentials.findRepeat,
  })
  const email = createEmail({
    ...{ database, clock, random, budgets, hasher, credentials },
    ...{ tokens, changes, outbox, sessions, audit },
  })
  const profile = createProfile({ database, clock, changes, sessions, outbox, audit })

  const mail = await openMail(config, {
    database,
    outbox,
    clock,
    sealer: createSealer(keyringFor('links in messages')),
    needs: { tokens, changes, audit },
    metrics,
    log,
  })
  infrastructure.closeWith(mail.transport.close)
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

  const services = [keyRotation, keys, users, tokens, changes, guessCount, population, outbox, mail]
  const jobs: Job[] = [
    ...services.flatMap((one) => one.jobs),
    removeExpiredSessions,
    createRecordRefusedGuesses({ database, audit, refusals }),
    removeOldEvents,
  ]
  const resolvers = [
    new SessionResolver(revokeSession),
    new SessionConnectionResolver(sessions),
    new UserResolver(sessions, email),
    new ProfileResolver(profile),
    new PasswordResolver(credentials),
    new EmailVerificationResolver(emailVerification),
    new EmailResolver(email),
    new AuthResolver(auth),
    new AuthPayloadResolver(users),
  ]
  return {
    counter,
    refusals,
    keys,
    keyRotation,
    accessTokens,
    sessions,
    users,
    credentials,
    email,
    profile,
    passwordPolicy,
    auth,
    outbox,
    deliverer: mail.deliverer,
    recentMail: mail.recentMail,
    resolvers,
    jobs,
  }
}

/** Names of the service: attackers put them into passwords that they try first (NIST SP 800-63B-4 §3.1.1.2). */
const namesOf = ({ publicUrl, mail }: Config) => [
  'latchkey',
  ...(mail.sender === null ? [] : [mail.sender]),
  ...new URL(publicUrl).hostname.split('.').slice(0, -1),
]
