import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Metrics } from './observability/metrics.js'

export interface RedisLink {
  readonly client: Redis
  /** Whether Redis answered the last command. */
  readonly isUp: () => boolean
  /** Resolves with the answer, or rejects after 150 ms. */
  readonly withTimeout: <T>(answer: Promise<T>) => Promise<T>
  /** Call this when Redis did not answer: the link then probes Redis until it answers. */
  readonly markDown: (error: unknown) => void
  readonly close: () => void
}

// Milliseconds. After the timeout the caller uses its fallback.
const timeoutMs = 150
const probeIntervalMs = 250
const socketTimeoutMs = 2_000
const connectTimeoutMs = 2_000

/**
 * A connection to Redis that never blocks a request. A command is answered within 150 ms or fails; commands are not
 * queued without a connection. Logs Redis outages once when they start and once when they end.
 */
export async function openRedis(url: string, log: Logger, metrics: Metrics): Promise<RedisLink> {
  const { Redis } = await import('ioredis') // takes 40 ms to load, so only with Redis
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // Closes a connection that receives nothing any more: commands would pile up on it.
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

  // Probes with a write: a read-only replica or a full memory is as useless as no answer.
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
 * Node.js runs due timers before it reads sockets. After a pause of this process every answer would seem late. So the
 * timer lets the event loop read the sockets once more before it rejects.
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
