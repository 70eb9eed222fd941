import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Metrics } from './observability/metrics.js'

export interface RedisLink {
  readonly client: Redis
  /** Whether it answered when it was last asked. */
  readonly isUp: () => boolean
  /** The answer, or an error after 150 ms. */
  readonly patiently: <T>(answer: Promise<T>) => Promise<T>
  /** To be told by whoever got no answer: the link looks for Redis from then on. */
  readonly lost: (error: unknown) => void
  readonly close: () => void
}

// Milliseconds. Whoever waits for an answer has something else to do then.
const patience = 150
const probeInterval = 250
const silencePatience = 2_000
const connectPatience = 2_000

/**
 * A connection to Redis that never keeps anybody waiting: a command is answered within 150 ms or fails, and
 * none is queued while there is no connection. Says once when Redis is lost, and once when it is back.
 */
export async function openRedis(url: string, log: Logger, metrics: Metrics): Promise<RedisLink> {
  const { Redis } = await import('ioredis') // 40 ms to load, for those who have Redis only
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // A connection on which nothing comes any more is given up: commands would pile up on it.
    socketTimeout: silencePatience,
    connectTimeout: connectPatience,
    retryStrategy: (attempt) => Math.min(attempt * 50, 500),
  })
  client.on('error', (error) => {
    lost(error)
  })

  let up = true
  let closed = false
  let probing: NodeJS.Timeout | undefined

  function lost(error: unknown) {
    if (!up || closed) return
    up = false
    metrics.redisUp.set(0)
    log.warn({ err: error }, 'Redis does not answer: every replica counts attempts by itself')
    probing = setTimeout(() => void probe(), probeInterval).unref()
  }

  // A write: a replica that may only be read, or a full memory, is as useless as no answer.
  async function probe() {
    const answered = await patiently(client.set('latchkey:probe', '', 'PX', 1_000)).then(
      () => true,
      () => false,
    )
    if (closed) return
    if (!answered) {
      probing = setTimeout(() => void probe(), probeInterval).unref()
      return
    }
    up = true
    metrics.redisUp.set(1)
    log.info('Redis answers: the replicas count attempts together')
  }

  metrics.redisUp.set(1)
  await client.connect().catch(lost)
  return {
    client,
    isUp: () => up,
    patiently,
    lost,
    close() {
      closed = true
      clearTimeout(probing)
      client.disconnect()
    },
  }
}

/**
 * Timers that are due run before what has arrived is read: after a pause of this process every answer would be late.
 * So the verdict falls after one more look at the sockets.
 */
function patiently<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      setImmediate(() => {
        reject(new Error(`no answer within ${patience} ms`))
      })
    }, patience)
    const settled = () => {
      clearTimeout(timer)
    }
    answer.then(resolve, reject).finally(settled)
  })
}
