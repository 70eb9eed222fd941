import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import type { Config } from './config/config.js'
import { ProfileResolver, UserResolver, createProfile } from '../features/profile/index.js'
import { createUsers } from '../features/users/index.js'
import { createCredentials } from '../features/credentials/index.js'
import { PasswordResolver, createPasswordChanges } from '../features/password-changes/index.js'
import {
  createBreachCheck,
  createHashParameterStats,
  createPasswordPolicy,
} from '../features/passwords/index.js'
import {
  EmailVerificationResolver,
  createEmailVerification,
} from '../features/email-verification/index.js'
import {
  EmailChangeResolver,
  createEmailChangeService,
  createEmailChanges,
} from '../features/email/index.js'
import { createGuessCounter, createRecordRefusedGuesses } from '../features/guesses/index.js'
import { createOneTimeTokens } from '../features/one-time-tokens/index.js'
import { createAudit, createRemoveOldEvents } from '../features/audit/index.js'
import {
  AuthPayloadResolver,
  AuthResolver,
  AuthService,
  MfaRequiredResolver,
  PasskeyLoginResolver,
} from '../features/auth/index.js'
import {
  createBudgets,
  createCounter,
  createLockout,
  createRefusalLog,
} from '../features/limits/index.js'
import { createOutbox } from '../features/mail/index.js'
import {
  SessionConnectionResolver,
  SessionResolver,
  createRefreshSession,
  createRefreshTokenCodec,
  createRemoveExpiredSessions,
  createSessionRevoker,
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
  type InfrastructureOptions,
} from './infrastructure.js'
import { openFactors } from './open-factors.js'
import { openMail } from './open-mail.js'
import { createSealer } from '../platform/crypto/sealer.js'
import type { Job } from '../platform/jobs.js'

export type Services = Awaited<ReturnType<typeof openServices>>

/** All services of Latchkey, without HTTP. */
export async function openServices(options: InfrastructureOptions) {
  const infrastructure = await openInfrastructure(options)
  try {
    return { ...infrastructure, ...(await openFeatures(options.config, infrastructure)) }
  } catch (error) {
    await infrastructure.close()
    throw error
  }
}

/** Creates all services, from the lowest layer to the highest. */
async function openFeatures(config: Config, infrastructure: Infrastructure) {
  const { database, clock, random, log, metrics, hasher, keyringFor, digestFor } = infrastructure
  const audit = createAudit({ db: database.db, clock })
  const retentionMs = config.auditRetentionMs
  const removeOldEvents = createRemoveOldEvents({ database, clock, retentionMs })
  const outbox = createOutbox({
    database,
    clock,
    recordRequeue: (tx) => audit.record(tx, { type: 'MESSAGES_REQUEUED' }, null),
  })

  const cipher = createPrivateKeyCipher(keyringFor('signing keys'))
  const keyRotation = createKeyRotation(config.signingKeys, { database, clock, cipher, audit })
  const keys = createSigningKeys({ db: database.db, cipher })
  await keyRotation.ensureKeys()
  await keys.load()
  const signingDeps = { keys, clock, newTokenId: () => randomUUID() }
  const accessTokens = createAccessTokens(config.accessTokens, signingDeps)

  const codec = createRefreshTokenCodec(keyringFor('refresh tokens'), random)
  const sessions = createSessions(config.sessions, { database, clock, random, codec, audit })
  const refreshSession = createRefreshSession(config.sessions, { database, clock, codec, audit })
  const revokeSession = createSessionRevoker({ database, sessions, audit })
  const removeExpiredSessions = createRemoveExpiredSessions({ database, clock })

  const counter = createCounter({ clock, link: infrastructure.redis })
  const limitDeps = { counter, metrics, factor: config.rateLimitFactor }
  const refusals = createRefusalLog({ clock, log, digest: digestFor('refused attempts') })
  const lockout = createLockout(limitDeps)
  const budgets = createBudgets(limitDeps)

  const guessCount = createGuessCounter({
    database,
    clock,
    digest: digestFor('counts of guesses'),
    outbox,
    log,
    factor: config.rateLimitFactor,
    canSendMail: config.mail.canDeliver,
  })
  const population = createHashParameterStats({ database, digest: digestFor('stand-in hashes') })
  await population.sample()

  const passwordPolicy = createPasswordPolicy({
    minLength: config.passwords.minLength,
    productWords: productWordsOf(config),
    isBreached: createBreachCheck({ url: config.passwords.breachCheck, clock, log }),
  })
  const { emailVerificationRequired } = config
  const tokens = createOneTimeTokens({ database, clock, random })
  const emailChanges = createEmailChanges({ database, clock, random })
  const users = createUsers({ database, clock, sessions, audit })
  const credentials = createCredentials({
    ...{ database, clock, random, hasher, population, sessions, tokens, audit },
    ...{ lockout, guessCount, refusals, emailVerificationRequired },
  })
  const { checkPassword, findDuplicate } = credentials
  const passwordChanges = createPasswordChanges({
    ...{ database, clock, hasher, passwordPolicy, checkPassword, findDuplicate },
    ...{ lockout, guessCount, budgets, tokens, outbox, sessions, audit },
  })
  const emailVerification = createEmailVerification({
    ...{ database, clock, tokens, outbox, audit, checkPassword, findDuplicate },
  })
  const email = createEmailChangeService({
    ...{ database, clock, random, budgets, hasher, credentials },
    ...{ tokens, emailChanges, outbox, sessions, audit },
  })
  const profile = createProfile({ database, clock, emailChanges, sessions, outbox, audit })

  const mail = await openMail(config, {
    database,
    outbox,
    clock,
    sealer: createSealer(keyringFor('links in messages')),
    deps: { tokens, emailChanges, audit },
    metrics,
    log,
  })
  infrastructure.onClose(mail.transport.close)
  const factors = await openFactors(config, infrastructure, { sessions, lockout, outbox, audit })
  const { totp, passkeys, secondFactors } = factors
  const auth = new AuthService(
    {
      registrationOpen: config.registrationOpen,
      emailVerificationRequired,
      passwordMinLength: config.passwords.minLength,
      mfaPolicy: config.mfaPolicy,
      passkeyRpId: passkeys.rpId,
    },
    {
      ...{ database, clock, users, credentials, profile, passwordPolicy },
      ...{ sessions, refreshSession, accessTokens, passkeys, secondFactors, totp, outbox, audit },
    },
  )

  const services = [
    credentials.challenges,
    factors,
    keyRotation,
    keys,
    users,
    tokens,
    emailChanges,
    guessCount,
    population,
    outbox,
    mail,
  ]
  const jobs: Job[] = [
    ...services.flatMap((service) => service.jobs),
    removeExpiredSessions,
    createRecordRefusedGuesses({ database, audit, refusals }),
    removeOldEvents,
  ]
  const resolvers = [
    new SessionResolver(revokeSession),
    new SessionConnectionResolver(sessions),
    new UserResolver(sessions, email),
    new ProfileResolver(profile),
    new PasswordResolver(passwordChanges),
    new EmailVerificationResolver(emailVerification),
    new EmailChangeResolver(email),
    ...factors.resolvers,
    new AuthResolver(auth),
    new AuthPayloadResolver(users),
    new PasskeyLoginResolver(auth),
    new MfaRequiredResolver(passkeys),
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

/** Names of the service, which attackers try first in passwords (NIST SP 800-63B-4 §3.1.1.2). */
const productWordsOf = ({ publicUrl, mail }: Config) => [
  'latchkey',
  ...(mail.senderName === null ? [] : [mail.senderName]),
  ...new URL(publicUrl).hostname.split('.').slice(0, -1),
]
