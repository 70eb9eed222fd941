import type { Counter, Gauge, Registry } from 'prom-client'

type CounterMetric = Pick<Counter, 'inc'>
type GaugeMetric = Pick<Gauge, 'set'>

/** All metrics of the service, each named once. Without METRICS_PORT nothing is counted. */
export interface Metrics {
  readonly passwordHashes: CounterMetric
  readonly passwordHashWork: CounterMetric
  readonly attemptsRefused: CounterMetric
  readonly guessesRefused: CounterMetric
  readonly mailDeliveries: CounterMetric
  readonly mailWaiting: GaugeMetric
  readonly mailDeadLetters: GaugeMetric
  readonly hashingWaiting: GaugeMetric
  readonly redisUp: GaugeMetric
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
      help: 'Argon2 computations: passwords hashed or verified, correct and wrong.',
      registers,
    }),
    passwordHashWork: new Counter({
      name: 'latchkey_password_hash_work_kib_total',
      help: 'Memory that Argon2 computations filled, times their passes, in KiB.',
      registers,
    }),
    attemptsRefused: new Counter({
      name: 'latchkey_attempts_refused_total',
      help: 'Attempts refused by a rate limit.',
      labelNames: ['action', 'per'],
      registers,
    }),
    guessesRefused: new Counter({
      name: 'latchkey_guesses_refused_total',
      help: 'Password guesses refused because the account must wait after earlier failures.',
      registers,
    }),
    mailDeliveries: new Counter({
      name: 'latchkey_mail_total',
      help: 'Attempts to send a message: sent, failed (retried later), dead (given up).',
      labelNames: ['result'],
      registers,
    }),
    mailWaiting: new Gauge({
      name: 'latchkey_mail_waiting',
      help: 'Messages waiting to be sent.',
      registers,
    }),
    mailDeadLetters: new Gauge({
      name: 'latchkey_mail_dead',
      help: 'Messages that were given up: `latchkey mail list` shows the reasons.',
      registers,
    }),
    hashingWaiting: new Gauge({
      name: 'latchkey_hashing_waiting',
      help: 'Passwords waiting to be hashed or verified.',
      registers,
    }),
    redisUp: options.redis
      ? new Gauge({
          name: 'latchkey_redis_up',
          aggregator: 'min',
          help: '1 while attempts are counted in Redis, 0 while this replica counts by itself.',
          registers,
        })
      : noopMetric,
    registry,
  }
}

const noopMetric = { inc: () => undefined, set: () => undefined }
const noMetrics: Metrics = {
  passwordHashes: noopMetric,
  passwordHashWork: noopMetric,
  attemptsRefused: noopMetric,
  guessesRefused: noopMetric,
  mailDeliveries: noopMetric,
  mailWaiting: noopMetric,
  mailDeadLetters: noopMetric,
  hashingWaiting: noopMetric,
  redisUp: noopMetric,
  registry: null,
}
