import type { Counter, Gauge, Registry } from 'prom-client'

type Counting = Pick<Counter, 'inc'>
type Measuring = Pick<Gauge, 'set'>

/** What an operator watches. Each is named here once; without METRICS_PORT nothing is counted. */
export interface Metrics {
  readonly passwordHashes: Counting
  readonly passwordHashWork: Counting
  readonly attemptsRefused: Counting
  readonly guessesRefused: Counting
  readonly mail: Counting
  readonly mailWaiting: Measuring
  readonly mailDead: Measuring
  readonly hashingWaiting: Measuring
  readonly redisUp: Measuring
  /** Null when metrics are off. */
  readonly registry: Registry | null
}

export async function createMetrics(options: {
  enabled: boolean
  redis: boolean
}): Promise<Metrics> {
  if (!options.enabled) return noMetrics
  const { collectDefaultMetrics, Counter, Gauge, Registry } = await import('prom-client')
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  return {
    passwordHashes: new Counter({
      name: 'latchkey_password_hashes_total',
      help: 'Argon2 computations: passwords hashed or verified, wrong and right.',
      registers,
    }),
    passwordHashWork: new Counter({
      name: 'latchkey_password_hash_work_kib_total',
      help: 'Memory that Argon2 computations filled, times their passes, in KiB.',
      registers,
    }),
    attemptsRefused: new Counter({
      name: 'latchkey_attempts_refused_total',
      help: 'Attempts beyond a rate limit.',
      labelNames: ['action', 'per'],
      registers,
    }),
    guessesRefused: new Counter({
      name: 'latchkey_guesses_refused_total',
      help: 'Guesses at an account that had to wait after earlier failures.',
      registers,
    }),
    mail: new Counter({
      name: 'latchkey_mail_total',
      help: 'Tries to send a message: sent, failed (tried again later), dead (given up).',
      labelNames: ['result'],
      registers,
    }),
    mailWaiting: new Gauge({
      name: 'latchkey_mail_waiting',
      help: 'Messages that are still to be sent.',
      registers,
    }),
    mailDead: new Gauge({
      name: 'latchkey_mail_dead',
      help: 'Messages that were given up: `latchkey mail list` tells why.',
      registers,
    }),
    hashingWaiting: new Gauge({
      name: 'latchkey_hashing_waiting',
      help: 'Passwords that wait to be hashed.',
      registers,
    }),
    redisUp: options.redis
      ? new Gauge({
          name: 'latchkey_redis_up',
          aggregator: 'min',
          help: '1 while attempts are counted in Redis, 0 while this replica counts by itself.',
          registers,
        })
      : ignored,
    registry,
  }
}

const ignored = { inc: () => undefined, set: () => undefined }
const noMetrics: Metrics = {
  passwordHashes: ignored,
  passwordHashWork: ignored,
  attemptsRefused: ignored,
  guessesRefused: ignored,
  mail: ignored,
  mailWaiting: ignored,
  mailDead: ignored,
  hashingWaiting: ignored,
  redisUp: ignored,
  registry: null,
}
