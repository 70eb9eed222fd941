import { availableCores } from '../../platform/cores.js'
import { StartupError } from '../../platform/errors.js'
import { isLoopback } from '../../platform/http/loopback.js'
import { contradictions, hashingLimit, workersOf } from './rules.js'
import { settings, type Environment, type Setting, type Values } from './settings.js'

/** Everything that can be set. Durations are milliseconds. */
export type Config = ReturnType<typeof parseConfig>

/**
 * Turns the environment into settings: pure, frozen, and either whole or refused with every problem
 * at once. A secret's value is in no message.
 */
export function parseConfig(environment: Environment, cores = availableCores()) {
  const unreadable = new Map<string, string>()
  const values = readAll(environment, unreadable)
  const workers = workersOf(values, cores)
  const hashingAtMost = hashingLimit(environment, Math.floor(cores / workers))
  const problems = [...unreadable.values(), ...contradictions(values, hashingAtMost, unreadable)]
  if (problems.length > 0)
    throw new StartupError(['Latchkey cannot start:', ...problems].join('\n  '))

  const publicUrl = values.PUBLIC_URL ?? `http://localhost:${values.PORT}`
  const from = values.MAIL_FROM ?? `Latchkey <no-reply@${new URL(publicUrl).hostname}>`
  const concurrency = values.ARGON2_CONCURRENCY ?? hashingAtMost
  return deepFreeze({
    production: values.NODE_ENV === 'production',
    host: values.HOST,
    port: values.PORT,
    publicUrl,
    /** What mailed links begin with. */
    appUrl: values.APP_URL ?? publicUrl,
    corsOrigins: values.CORS_ORIGINS ?? [],
    trustedProxies: values.TRUST_PROXY,
    /** Processes that serve. What follows is of each, but for `metricsPort`. */
    workers,
    logLevel: values.LOG_LEVEL,
    /** Null: no metrics. */
    metricsPort: values.METRICS_PORT ?? null,
    /** The embedded database when there is no DATABASE_URL. */
    dataDir: values.DATA_DIR,
    postgres: values.DATABASE_URL
      ? { url: values.DATABASE_URL, poolSize: values.DATABASE_POOL_SIZE }
      : null,
    /** How what is asked for almost every request is asked. */
    hotPath: {
      statements: values.DATABASE_STATEMENTS,
      batching: values.DATABASE_BATCHING === 'on',
    },
    /** Null: attempts are counted in memory. */
    redisUrl: values.REDIS_URL ?? null,
    /** Null: generated once into `dataDir`. */
    authSecrets: values.AUTH_SECRET ?? null,
    accessTokens: {
      lifetime: values.ACCESS_TOKEN_TTL,
      issuer: publicUrl,
      audience: values.JWT_AUDIENCE ?? publicUrl,
      clockSkew: values.CLOCK_SKEW,
      cacheSize: values.TOKEN_CACHE_SIZE,
    },
    signingKeys: {
      algorithm: values.JWT_ALGORITHM,
      rotateEvery: values.KEY_ROTATION_INTERVAL,
    },
    sessions: {
      idleLifetime: values.REFRESH_IDLE_TTL,
      maxAge: values.SESSION_MAX_AGE,
      grace: values.REFRESH_GRACE,
      maxPerUser: values.MAX_SESSIONS_PER_USER,
      limitPolicy: values.SESSION_LIMIT_POLICY,
    },
    registrationOpen: values.REGISTRATION === 'open',
    emailVerificationRequired: values.EMAIL_VERIFICATION === 'required',
    mail: {
      /** Null: messages go to the log (in production they are given up). */
      smtpUrl: values.SMTP_URL ?? null,
      /** Whether people get what is sent: in development by the log. */
      works: !!values.SMTP_URL || values.NODE_ENV !== 'production',
      from,
      /** The name in it, by which messages call the service; null: it is a bare address. */
      sender: /^(.*?)\s*</.exec(from)?.[1] || null,
      /** A folder of templates that take the place of the built-in ones; null: none do. */
      templates: values.MAIL_TEMPLATES ?? null,
      /** Whether a developer can look at what was sent. */
      preview:
        values.NODE_ENV !== 'production' &&
        isLoopback(new URL(publicUrl).hostname) &&
        workers === 1, // it shows what its own process has sent
    },
    passwords: {
      minLength: values.PASSWORD_MIN_LENGTH,
      /** URL of a range API; null: passwords are not looked up. */
      breachCheck: values.PASSWORD_BREACH_CHECK,
    },
    argon2: {
      memoryKib: values.ARGON2_MEMORY_KIB,
      iterations: values.ARGON2_ITERATIONS,
      parallelism: values.ARGON2_PARALLELISM,
      concurrency,
      queue: values.ARGON2_QUEUE ?? 64 * concurrency,
      engine: values.ARGON2_ENGINE,
      ownProcess: values.ARGON2_PROCESS === 'own',
    },
    rateLimitFactor: values.RATE_LIMIT_FACTOR,
    /** Milliseconds for which audit events are kept; 0: for ever. */
    auditRetention: values.AUDIT_RETENTION,
    documents: {
      introspection:
        (values.INTROSPECTION ?? (values.NODE_ENV === 'production' ? 'off' : 'on')) === 'on',
      /** The file of the only documents that run; null: any may. */
      trusted: values.TRUSTED_DOCUMENTS ?? null,
    },
    /** Whose fields the schema has beside its own. */
    gateways: {
      federation: values.FEDERATION === 'on',
      stitching: values.STITCHING === 'on',
    },
  })
}

function readAll(environment: Environment, problems: Map<string, string>): Values {
  const read = (name: string, setting: Setting) => {
    // An empty variable is what compose files and CI leave behind for "not set".
    const text = environment[name]?.trim() || setting.default
    if (text === undefined) return undefined
    const result = setting.parse.safeParse(text)
    if (result.success) return result.data
    const shown = setting.secret ? '' : ` (it is ${JSON.stringify(text)})`
    problems.set(name, `${name} ${result.error.issues[0]?.message ?? 'is not valid'}${shown}`)
    return undefined
  }
  const entries = Object.entries(settings).map(([name, setting]) => [name, read(name, setting)])
  return Object.fromEntries(entries) as Values
}

function deepFreeze<T>(value: T): T {
  if (
    typeof value === 'object' &&
    value !== null &&
    !Buffer.isBuffer(value) &&
    !Object.isFrozen(value)
  ) {
    Object.values(value).forEach(deepFreeze)
    Object.freeze(value)
  }
  return value
}
