import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Metrics } from './observability/metrics.js'

export interface RedisLink {
  readonly client: Redis
  /** Whether it answered when it was last asked. */
  readonly isUp: () => boolean
  /** The answer, or an error after 150 ms. */
  readonly withTimeout: <T>(answer: Promise<T>) => Promise<T>
  /** To be told by whoever got no answer: the link looks for Redis from then on. */
  readonly markDown: (error: unknown) => void
  readonly close: () => void
}

// Milliseconds. Whoever waits for an answer has something else to do then.
const timeoutMs = 150
const probeIntervalMs = 250
const socketTimeoutMs = 2_000
const connectTimeoutMs = 2_000

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
    socketTimeout: socketTimeoutMs,
    connectTimeout: connectTimeoutMs,
    retryStrategy: (attempt) => Math.min(attempt * 50, 500),
  })
  client.on('error', (error) => {
    markDown(error)
  })

  let isConnected = true
  let closed = false
  let probeTimer: NodeJS.Timeout | undefined

  function markDown(error: unknown) {
    if (!isConnected || closed) return
    isConnected = false
    metrics.redisUp.set(0)
    log.warn({ err: error }, 'Redis does not answer: every replica counts attempts by itself')
    probeTimer = setTimeout(() => void probe(), probeIntervalMs).unref()
  }

  // A write: a replica that may only be read, or a full memory, is as useless as no answer.
  async function probe() {
    const answered = await withTimeout(client.set('latchkey:probe', '', 'PX', 1_000)).then(
      () => true,
      () => false,
    )
    if (closed) return
    if (!answered) {
      probeTimer = setTimeout(() => void probe(), probeIntervalMs).unref()
      return
    }
    isConnected = true
    metrics.redisUp.set(1)
    log.info('Redis answers: the replicas count attempts together')
  }

  metrics.redisUp.set(1)
  await client.connect().catch(markDown)
  return {
    client,
    isUp: () => isConnected,
    withTimeout,
    markDown,
    close() {
      closed = true
      clearTimeout(probeTimer)
      client.disconnect()
    },
  }
}

/**
 * Timers that are due run before what has arrived is read: after a pause of this process every answer would be late.
 * So the verdict falls after one more look at the sockets.
 */
function withTimeout<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      setImmediate(() => {
        reject(new Error(`no answer within ${timeoutMs} ms`))
      })
    }, timeoutMs)
    const clearTimer = () => {
      clearTimeout(timer)
    }
    answer.then(resolve, reject).finally(clearTimer)
  })
}
