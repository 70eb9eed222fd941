import {
  duration,
  appUrl,
  integer,
  integerOr,
  mailFrom,
  number,
  choice,
  origin,
  origins,
  postgresUrl,
  redisUrl,
  rangeApi,
  secrets,
  smtpUrl,
  trustedProxies,
} from './value-types.js'
import { z } from '../../platform/zod.js'

export const mostWorkers = 64

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

export const settings = {
  NODE_ENV: { parse: choice('development', 'production', 'test'), default: 'development' },
  HOST: { parse: z.string(), default: '127.0.0.1' },
  PORT: { parse: integer(1, 65_535), default: '4000' },
  PUBLIC_URL: { parse: origin },
  APP_URL: { parse: appUrl },
  CORS_ORIGINS: { parse: origins },
  TRUST_PROXY: { parse: trustedProxies, default: '0' },
  DATA_DIR: { parse: z.string(), default: './data' },
  DATABASE_URL: { parse: postgresUrl, secret: true },
  DATABASE_POOL_SIZE: { parse: integer(1, 500), default: '10' },
  DATABASE_STATEMENTS: { parse: choice('prepared', 'prisma'), default: 'prepared' },
  DATABASE_BATCHING: { parse: choice('on', 'off'), default: 'on' },
  REDIS_URL: { parse: redisUrl, secret: true },
  WORKERS: { parse: integerOr('auto', 1, mostWorkers), default: '1' },
  AUTH_SECRET: { parse: secrets, secret: true },
  ACCESS_TOKEN_TTL: { parse: duration('1m', '1h'), default: '10m' },
  JWT_AUDIENCE: { parse: z.string() },
  CLOCK_SKEW: { parse: duration('0', '60s'), default: '5s' },
  TOKEN_CACHE_SIZE: { parse: integer(0, 1_000_000), default: '10000' },
  JWT_ALGORITHM: { parse: choice('RS256', 'ES256', 'EdDSA'), default: 'RS256' },
  KEY_ROTATION_INTERVAL: { parse: duration('1h', '400d', { orNever: true }), default: '90d' },
  REFRESH_IDLE_TTL: { parse: duration('5m', '400d'), default: '14d' },
  SESSION_MAX_AGE: { parse: duration('5m', '400d'), default: '90d' },
  REFRESH_GRACE: { parse: duration('0', '5m'), default: '30s' },
  MAX_SESSIONS_PER_USER: { parse: integer(0, 10_000), default: '20' },
  SESSION_LIMIT_POLICY: { parse: choice('evict', 'refuse'), default: 'evict' },
  REGISTRATION: { parse: choice('open', 'closed'), default: 'open' },
  EMAIL_VERIFICATION: { parse: choice('optional', 'required'), default: 'optional' },
  SMTP_URL: { parse: smtpUrl, secret: true },
  MAIL_FROM: { parse: mailFrom },
  MAIL_TEMPLATES: { parse: z.string() },
  PASSWORD_MIN_LENGTH: { parse: integer(8, 64), default: '8' },
  PASSWORD_BREACH_CHECK: { parse: rangeApi, default: 'off', secret: true },
  ARGON2_MEMORY_KIB: { parse: integer(7_168, 262_144), default: '19456' },
  ARGON2_ITERATIONS: { parse: integer(1, 20), default: '2' },
  ARGON2_PARALLELISM: { parse: integer(1, 16), default: '1' },
  ARGON2_CONCURRENCY: { parse: integer(1, 256) },
  ARGON2_QUEUE: { parse: integer(1, 100_000) },
  ARGON2_ENGINE: { parse: choice('auto', 'argon2', 'node-rs'), default: 'auto' },
  ARGON2_PROCESS: { parse: choice('own', 'shared'), default: 'own' },
  RATE_LIMIT_FACTOR: { parse: number(0, 100_000), default: '1' },
  AUDIT_RETENTION: { parse: duration('1d', '3650d', { orNever: true }), default: '400d' },
  INTROSPECTION: { parse: choice('on', 'off') },
  TRUSTED_DOCUMENTS: { parse: z.string() },
  FEDERATION: { parse: choice('on', 'off'), default: 'off' },
  STITCHING: { parse: choice('on', 'off'), default: 'off' },
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
