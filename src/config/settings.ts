import { z } from 'zod'

/**
 * Every setting, once: its name, its default, how its text becomes a value, and what it is for.
 * config.ts parses the environment by this table, and a test holds the README to it.
 */
export interface Setting<T = unknown> {
  readonly parse: z.ZodType<T, string>
  /** The text that stands in when the variable is absent or empty; absent: no value. */
  readonly default?: string
  /** Its value is never shown, not even in the message that refuses it. */
  readonly secret?: true
}

const number = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}(\.\d{1,3})?$/, `must be a number from ${least} to ${most}`)
    .transform(Number)
    .refine((n) => n >= least && n <= most, `must be a number from ${least} to ${most}`)

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
type Unit = keyof typeof units

/** Milliseconds from text such as `30s`, `10m` or `14d`; `0` needs no unit. */
function duration(least: string, most: string, { orNever = false } = {}) {
  const parse = (text: string) => {
    if (text === '0') return 0
    const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? []
    return amount && unit ? Number(amount) * units[unit as Unit] : NaN
  }
  const valid = (value: number) =>
    (orNever && value === 0) || (value >= parse(least) && value <= parse(most))
  return z
    .string()
    .transform(parse)
    .refine(
      valid,
      `must be ${orNever ? '0 or ' : ''}a duration from ${least} to ${most}, for example 30s, 10m or 14d`,
    )
}

const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((n) => n >= least && n <= most, `must be a whole number from ${least} to ${most}`)

const choice = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.string().pipe(z.enum(values, `must be one of ${values.join(', ')}`))

const urlOf = (text: string) => (URL.canParse(text) ? new URL(text) : null)

/** An origin has no path: issuer, links and well-known documents are made from it by appending. */
const origin = z
  .string()
  .refine((text) => {
    const url = urlOf(text)
    const plain = !!url && url.href === `${url.origin}/` && !url.hostname.includes('*')
    return plain && /^https?:$/.test(url.protocol)
  }, 'must be an origin such as https://auth.example.com, without a path or a wildcard')
  .transform((text) => new URL(text).origin)

const origins = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(origin))

const postgresUrl = z
  .string()
  .refine(
    (text) => /^postgres(ql)?:$/.test(urlOf(text)?.protocol ?? ''),
    'must be a URL such as postgresql://user:password@host:5432/database',
  )

const redisUrl = z
  .string()
  .refine(
    (text) => /^rediss?:$/.test(urlOf(text)?.protocol ?? ''),
    'must be a URL such as redis://:password@host:6379',
  )

/** k-anonymity: the first five characters of a SHA-1 are appended. https, but for a test on this machine. */
const rangeApi = z
  .string()
  .refine((text) => {
    const url = urlOf(text)
    const local = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '')
    return text === 'off' || url?.protocol === 'https:' || (url?.protocol === 'http:' && local)
  }, 'must be off, or the https URL of a range API such as https://api.pwnedpasswords.com/range/')
  .transform((text) => (text === 'off' ? null : text))

const advice = 'make one with `openssl rand -base64 32`'
const secret = z
  .string()
  .refine(
    (text) => /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) && Buffer.from(text, 'base64').length >= 32,
    `must be at least 32 random bytes in base64: ${advice}`,
  )
  .refine((text) => !looksTyped(text), `is too easy to guess: ${advice}`)
  .transform((text) => Buffer.from(text, 'base64'))

/** Phrases, repetitions and counting: what 32 random bytes come out as less than once in a million. */
function looksTyped(text: string) {
  const bytes = Buffer.from(text, 'base64')
  const different = new Set(bytes).size
  const steps = new Set(bytes.map((byte, i) => byte - (bytes[i - 1] ?? 0))).size
  const repeats = text.includes(text.slice(0, 8), 8)
  const oneCase = text === text.toLowerCase() && !/^[0-9a-f]+$/.test(text)
  return different < 20 || steps < 20 || repeats || oneCase
}

const secrets = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.tuple([secret], secret))

export const settings = {
  NODE_ENV: { parse: choice('development', 'production', 'test'), default: 'development' },
  HOST: { parse: z.string(), default: '127.0.0.1' },
  PORT: { parse: integer(1, 65_535), default: '4000' },
  PUBLIC_URL: { parse: origin },
  CORS_ORIGINS: { parse: origins },
  TRUST_PROXY: { parse: integer(0, 10), default: '0' },
  DATA_DIR: { parse: z.string(), default: './data' },
  DATABASE_URL: { parse: postgresUrl, secret: true },
  DATABASE_POOL_SIZE: { parse: integer(1, 500), default: '10' },
  REDIS_URL: { parse: redisUrl, secret: true },
  AUTH_SECRET: { parse: secrets, secret: true },
  ACCESS_TOKEN_TTL: { parse: duration('1m', '1h'), default: '10m' },
  JWT_AUDIENCE: { parse: z.string() },
  CLOCK_SKEW: { parse: duration('0', '60s'), default: '5s' },
  JWT_ALGORITHM: { parse: choice('RS256', 'ES256', 'EdDSA'), default: 'RS256' },
  KEY_ROTATION_INTERVAL: { parse: duration('1h', '400d', { orNever: true }), default: '90d' },
  REFRESH_IDLE_TTL: { parse: duration('5m', '400d'), default: '14d' },
  SESSION_MAX_AGE: { parse: duration('5m', '400d'), default: '90d' },
  REFRESH_GRACE: { parse: duration('0', '5m'), default: '30s' },
  MAX_SESSIONS_PER_USER: { parse: integer(0, 10_000), default: '20' },
  SESSION_LIMIT_POLICY: { parse: choice('evict', 'refuse'), default: 'evict' },
  REGISTRATION: { parse: choice('open', 'closed'), default: 'open' },
  PASSWORD_MIN_LENGTH: { parse: integer(8, 64), default: '8' },
  PASSWORD_BREACH_CHECK: { parse: rangeApi, default: 'off' },
  ARGON2_MEMORY_KIB: { parse: integer(7_168, 262_144), default: '19456' },
  ARGON2_ITERATIONS: { parse: integer(1, 20), default: '2' },
  ARGON2_PARALLELISM: { parse: integer(1, 16), default: '1' },
  ARGON2_CONCURRENCY: { parse: integer(1, 256) },
  ARGON2_QUEUE: { parse: integer(1, 100_000) },
  ARGON2_PROCESS: { parse: choice('own', 'shared'), default: 'own' },
  RATE_LIMIT_FACTOR: { parse: number(0, 100_000), default: '1' },
  INTROSPECTION: { parse: choice('on', 'off') },
  TRUSTED_DOCUMENTS: { parse: z.string() },
  LOG_LEVEL: {
    parse: choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'info',
  },
  METRICS_PORT: { parse: integer(1, 65_535) },
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof settings

export type Environment = Readonly<Record<string, string | undefined>>

/** What the settings came to; undefined where nothing was given and there is no default. */
export type Values = {
  readonly [K in SettingName]: (typeof settings)[K] extends { default: string }
    ? ReturnType<(typeof settings)[K]['parse']['parse']>
    : ReturnType<(typeof settings)[K]['parse']['parse']> | undefined
}
