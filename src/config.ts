import leven from 'leven'
import { availableCores } from './platform/cores.js'
import { StartupError } from './platform/errors.js'
import { settings, type Setting, type SettingName } from './settings.js'

type Environment = Readonly<Record<string, string | undefined>>
type Values = {
  readonly [K in SettingName]: (typeof settings)[K] extends { default: string }
    ? ReturnType<(typeof settings)[K]['parse']['parse']>
    : ReturnType<(typeof settings)[K]['parse']['parse']> | undefined
}

/** Everything that can be set. Durations are milliseconds. */
export type Config = ReturnType<typeof parseConfig>

/**
 * Turns the environment into settings: pure, frozen, and either whole or refused with every problem
 * at once. A secret's value is in no message.
 */
export function parseConfig(environment: Environment, cores = availableCores()) {
  const unreadable = new Map<string, string>()
  const values = readAll(environment, unreadable)
  const problems = [...unreadable.values()]
  for (const { about, problem } of contradictions(values, hashingLimit(environment, cores))) {
    if (!about.some((name) => unreadable.has(name))) problems.push(problem)
  }
  if (problems.length > 0)
    throw new StartupError(['Latchkey cannot start:', ...problems].join('\n  '))

  const publicUrl = values.PUBLIC_URL ?? `http://localhost:${values.PORT}`
  const concurrency = values.ARGON2_CONCURRENCY ?? hashingLimit(environment, cores)
  return deepFreeze({
    production: values.NODE_ENV === 'production',
    host: values.HOST,
    port: values.PORT,
    publicUrl,
    corsOrigins: values.CORS_ORIGINS ?? [],
    logLevel: values.LOG_LEVEL,
    /** The embedded database when there is no DATABASE_URL. */
    dataDir: values.DATA_DIR,
    postgres: values.DATABASE_URL
      ? { url: values.DATABASE_URL, poolSize: values.DATABASE_POOL_SIZE }
      : null,
    /** Null: generated once into `dataDir`. */
    authSecrets: values.AUTH_SECRET ?? null,
    accessTokens: {
      lifetime: values.ACCESS_TOKEN_TTL,
      issuer: publicUrl,
      audience: values.JWT_AUDIENCE ?? publicUrl,
      clockSkew: values.CLOCK_SKEW,
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
    passwords: { minLength: values.PASSWORD_MIN_LENGTH },
    argon2: {
      memoryKib: values.ARGON2_MEMORY_KIB,
      iterations: values.ARGON2_ITERATIONS,
      parallelism: values.ARGON2_PARALLELISM,
      concurrency,
      queue: values.ARGON2_QUEUE ?? 64 * concurrency,
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

/** OWASP Password Storage Cheat Sheet: any one row is the floor. [KiB, iterations] */
const argon2Floors = [
  [47_104, 1],
  [19_456, 2],
  [12_288, 3],
  [9_216, 4],
  [7_168, 5],
] as const

/** What each setting allows alone and the others forbid. `about`: the settings that it takes to know. */
function* contradictions(
  values: Values,
  hashingAtMost: number,
): Generator<{ about: SettingName[]; problem: string }> {
  const production = values.NODE_ENV === 'production'
  if (production && !values.PUBLIC_URL) {
    yield {
      about: ['PUBLIC_URL'],
      problem:
        'PUBLIC_URL is required in production: the address under which clients reach the service',
    }
  }
  if (production && values.PUBLIC_URL && !isConfidential(values.PUBLIC_URL)) {
    yield {
      about: ['PUBLIC_URL'],
      problem: 'PUBLIC_URL must be https in production: tokens and passwords travel there',
    }
  }
  if (values.DATABASE_URL && !values.AUTH_SECRET) {
    yield {
      about: ['AUTH_SECRET'],
      problem: 'AUTH_SECRET is required with DATABASE_URL: make one with `openssl rand -base64 32`',
    }
  }
  const enough = argon2Floors.some(
    ([memory, iterations]) =>
      values.ARGON2_MEMORY_KIB >= memory && values.ARGON2_ITERATIONS >= iterations,
  )
  if (!enough) {
    const rows = argon2Floors.map(([memory, iterations]) => `${memory}/${iterations}`).join(', ')
    yield {
      about: ['ARGON2_MEMORY_KIB', 'ARGON2_ITERATIONS'],
      problem: `ARGON2_MEMORY_KIB and ARGON2_ITERATIONS are below every row of OWASP's table: ${rows}`,
    }
  }
  if (values.ARGON2_CONCURRENCY && values.ARGON2_CONCURRENCY > hashingAtMost) {
    yield {
      about: ['ARGON2_CONCURRENCY'],
      problem: `ARGON2_CONCURRENCY must be at most ${hashingAtMost}: the smaller of the cores and UV_THREADPOOL_SIZE - 1`,
    }
  }
}

function isConfidential(origin: string) {
  const { protocol, hostname } = new URL(origin)
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

/**
 * How many hashes may run at once. libuv's threads also serve files, name look-ups and signatures:
 * hashing must leave one free, and more hashes than cores only make each of them slower.
 */
function hashingLimit(environment: Environment, cores: number) {
  const threads = Number(environment['UV_THREADPOOL_SIZE'] ?? 4) || 4
  return Math.max(1, Math.min(cores, threads - 1))
}

/** Names in the environment that look like a setting misspelt, each with what was probably meant. */
export function nearMisses(environment: Environment): { name: string; meant: SettingName }[] {
  const known = Object.keys(settings) as SettingName[]
  const closest = (name: string) =>
    known.find(
      (candidate) =>
        name.toUpperCase() === candidate ||
        name === `LATCHKEY_${candidate}` ||
        (candidate.length > 6 && leven(name, candidate) <= 2),
    )
  return (
    Object.keys(environment)
      .filter((name) => !known.some((candidate) => candidate === name))
      // Kubernetes puts LATCHKEY_PORT=tcp://... into every pod beside a service of that name.
      .filter((name) => !environment[name]?.startsWith('tcp://'))
      .flatMap((name) => {
        const meant = closest(name)
        return meant ? [{ name, meant }] : []
      })
  )
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
