import { isLoopback } from '../../platform/http/loopback.js'
import type { SettingName, SettingValues } from './settings.js'
import { maxWorkers } from './settings/server.js'
import type { Environment } from './settings/setting.js'

/** OWASP Password Storage Cheat Sheet: any one row is the floor. [KiB, iterations] */
const argon2Floors = [
  [47_104, 1],
  [19_456, 2],
  [12_288, 3],
  [9_216, 4],
  [7_168, 5],
] as const

interface Rule {
  /** The settings that it takes to know. */
  readonly dependsOn: readonly SettingName[]
  readonly isBroken: (values: SettingValues, maxConcurrentHashes: number) => boolean
  readonly problem: (maxConcurrentHashes: number) => string
}

const isProduction = ({ NODE_ENV }: SettingValues) => NODE_ENV === 'production'
const floors = argon2Floors.map(([memory, iterations]) => `${memory}/${iterations}`).join(', ')

const rules: readonly Rule[] = [
  {
    dependsOn: ['PUBLIC_URL'],
    isBroken: (values) => isProduction(values) && !values.PUBLIC_URL,
    problem: () =>
      'PUBLIC_URL is required in production: the address under which clients reach the service',
  },
  {
    dependsOn: ['PUBLIC_URL'],
    isBroken: (values) =>
      isProduction(values) && !!values.PUBLIC_URL && !isHttpsOrLoopback(values.PUBLIC_URL),
    problem: () => 'PUBLIC_URL must be https in production: tokens and passwords travel there',
  },
  {
    dependsOn: ['APP_URL'],
    isBroken: (values) =>
      isProduction(values) && !!values.APP_URL && !isHttpsOrLoopback(values.APP_URL),
    problem: () => 'APP_URL must be https in production: its links carry tokens',
  },
  {
    dependsOn: ['SMTP_URL', 'EMAIL_VERIFICATION'],
    isBroken: (values) =>
      isProduction(values) && values.EMAIL_VERIFICATION === 'required' && !values.SMTP_URL,
    problem: () =>
      'SMTP_URL is required in production with EMAIL_VERIFICATION=required: nobody could register',
  },
  {
    dependsOn: ['SMTP_URL', 'MAIL_FROM'],
    isBroken: (values) => !!values.SMTP_URL && !values.MAIL_FROM,
    problem: () => 'MAIL_FROM is required with SMTP_URL: the address that messages come from',
  },
  {
    dependsOn: ['AUTH_SECRET'],
    isBroken: (values) => !!values.DATABASE_URL && !values.AUTH_SECRET,
    problem: () =>
      'AUTH_SECRET is required with DATABASE_URL: make one with `openssl rand -base64 32`',
  },
  {
    dependsOn: ['WORKERS', 'DATABASE_URL'],
    isBroken: ({ WORKERS, DATABASE_URL }) => !DATABASE_URL && WORKERS !== null && WORKERS > 1,
    problem: () =>
      'WORKERS must be 1 without DATABASE_URL: embedded stays one process on one database session',
  },
  {
    // Also where `auto` comes to one: the same settings start, or do not, on every machine.
    dependsOn: ['WORKERS', 'DATABASE_URL', 'REDIS_URL'],
    isBroken: ({ WORKERS, DATABASE_URL, REDIS_URL }) =>
      !!DATABASE_URL && WORKERS !== 1 && !REDIS_URL,
    problem: () =>
      'REDIS_URL is required with WORKERS: each worker would count attempts by itself and allow every budget once more',
  },
  {
    dependsOn: ['RATE_LIMIT_FACTOR'],
    isBroken: (values) => isProduction(values) && values.RATE_LIMIT_FACTOR === 0,
    problem: () => 'RATE_LIMIT_FACTOR must not be 0 in production: passwords could be guessed',
  },
  {
    dependsOn: ['ARGON2_MEMORY_KIB', 'ARGON2_ITERATIONS'],
    isBroken: (values) =>
      !argon2Floors.some(
        ([memory, iterations]) =>
          values.ARGON2_MEMORY_KIB >= memory && values.ARGON2_ITERATIONS >= iterations,
      ),
    problem: () =>
      `ARGON2_MEMORY_KIB and ARGON2_ITERATIONS are below every row of OWASP's table: ${floors}`,
  },
  {
    dependsOn: ['ARGON2_CONCURRENCY'],
    isBroken: (values, maxConcurrentHashes) =>
      (values.ARGON2_CONCURRENCY ?? 0) > maxConcurrentHashes,
    problem: (maxConcurrentHashes) =>
      `ARGON2_CONCURRENCY must be at most ${maxConcurrentHashes}: the smaller of the cores, divided among WORKERS, and UV_THREADPOOL_SIZE - 1`,
  },
]

/** What each setting allows alone and the others forbid, as far as it can be known without `unreadable`. */
export const findContradictions = (
  values: SettingValues,
  maxConcurrentHashes: number,
  invalidSettings: ReadonlyMap<string, string>,
) =>
  rules
    .filter(({ dependsOn }) => !dependsOn.some((name) => invalidSettings.has(name)))
    .filter(({ isBroken }) => isBroken(values, maxConcurrentHashes))
    .map(({ problem }) => problem(maxConcurrentHashes))

function isHttpsOrLoopback(text: string) {
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || isLoopback(hostname)
}

/** How many processes are to serve. */
export function countWorkers({ WORKERS, DATABASE_URL }: SettingValues, cores: number) {
  if (WORKERS !== null) return WORKERS
  return DATABASE_URL ? Math.min(cores, maxWorkers) : 1
}

/**
 * How many hashes may run at once. libuv's threads also serve files, name look-ups and signatures:
 * hashing must leave one free, and more hashes than cores only make each of them slower.
 */
export function computeMaxHashes(environment: Environment, cores: number) {
  const threads = Number(environment['UV_THREADPOOL_SIZE'] ?? 4) || 4
  return Math.max(1, Math.min(cores, threads - 1))
}
