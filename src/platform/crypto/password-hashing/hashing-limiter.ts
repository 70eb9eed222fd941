import type { Metrics } from '../../observability/metrics.js'
import { onRefusal, throwIfRefused } from '../../deadline.js'
import { ServiceBusy } from '../../errors.js'

export interface HashingLimiterOptions {
  readonly concurrency: number
  readonly queue: number
  readonly metrics: Metrics
}

// Seconds: the highest `retryAfter`, however long the queue.
const maxWaitSeconds = 30

/**
 * Runs at most `concurrency` hashes, queues at most `queue` more, and refuses the rest at once. Without this limit a
 * burst of sign-ins would fill the memory, and the last request would wait for all earlier ones.
 */
export function createHashingLimiter({ concurrency, queue, metrics }: HashingLimiterOptions) {
  const waiting: (() => void)[] = []
  let running = 0
  let averageDurationMs = 0

  /** Refuses at once when the queue is full. */
  function refuseWhenFull() {
    if (running >= concurrency && waiting.length >= queue) throw createBusyError()
  }

  function createBusyError() {
    const backlogSeconds = ((waiting.length / concurrency) * averageDurationMs) / 1_000
    return new ServiceBusy(Math.min(backlogSeconds, maxWaitSeconds))
  }

  async function acquireSlot() {
    if (running < concurrency) {
      running += 1
      return
    }
    refuseWhenFull()
    await new Promise<void>((resolve, reject) => {
      const proceed = () => {
        stopListening()
        resolve()
      }
      const stopListening = onRefusal(() => {
        waiting.splice(waiting.indexOf(proceed), 1)
        metrics.hashingWaiting.set(waiting.length)
        reject(createBusyError())
      })
      metrics.hashingWaiting.set(waiting.push(proceed))
    })
  }

  /** Passes the slot to the next job without freeing it, so that no newer job takes it. */
  function releaseSlot() {
    const next = waiting.shift()
    metrics.hashingWaiting.set(waiting.length)
    if (next) next()
    else running -= 1
  }

  async function run<T>(work: () => Promise<T>): Promise<T> {
    throwIfRefused() // no request waits for the hash any more
    await acquireSlot()
    const start = performance.now()
    metrics.passwordHashes.inc()
    try {
      const result = await work()
      throwIfRefused()
      return result
    } finally {
      averageDurationMs += (performance.now() - start - averageDurationMs) / 10 // a moving average
      releaseSlot()
    }
  }

  return { refuseWhenFull, pass: run }
}
