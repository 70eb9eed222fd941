import type { Metrics } from '../../observability/metrics.js'
import { onRefusal, throwIfRefused } from '../../deadline.js'
import { ServiceBusy } from '../../errors.js'

export interface HashingLimiterOptions {
  readonly concurrency: number
  readonly queue: number
  readonly metrics: Metrics
}

// Seconds: however long the queue, a client may ask again after this.
const maxWaitSeconds = 30

/**
 * Lets as many hashes run as there are cores for them, lets a bounded number wait, and refuses the
 * rest at once: without it a burst of sign-ins fills the memory, and whoever comes last waits for all
 * who came before.
 */
export function createHashingLimiter({ concurrency, queue, metrics }: HashingLimiterOptions) {
  const waiting: (() => void)[] = []
  let running = 0
  let averageDurationMs = 0

  /** At once, where somebody who came now could not even wait. */
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

  /** Hands the place on without ever freeing it, so that nobody slips in between. */
  function releaseSlot() {
    const next = waiting.shift()
    metrics.hashingWaiting.set(waiting.length)
    if (next) next()
    else running -= 1
  }

  async function run<T>(work: () => Promise<T>): Promise<T> {
    throwIfRefused() // nobody waits for the hash any more
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
