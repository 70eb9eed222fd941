import type { Metrics } from '../../observability/metrics.js'
import { onRefusal, refuseLate } from '../../deadline.js'
import { ServiceBusy } from '../../errors.js'

export interface HashingGateOptions {
  readonly concurrency: number
  readonly queue: number
  readonly metrics: Metrics
}

// Seconds: however long the queue, a client may ask again after this.
const longestWait = 30

/**
 * Lets as many hashes run as there are cores for them, lets a bounded number wait, and refuses the
 * rest at once: without it a burst of sign-ins fills the memory, and whoever comes last waits for all
 * who came before.
 */
export function createHashingGate({ concurrency, queue, metrics }: HashingGateOptions) {
  const waiting: (() => void)[] = []
  let running = 0
  let usualDuration = 0

  /** At once, where somebody who came now could not even wait. */
  function refuseWhenFull() {
    if (running >= concurrency && waiting.length >= queue) throw busy()
  }

  function busy() {
    const backlog = ((waiting.length / concurrency) * usualDuration) / 1_000
    return new ServiceBusy(Math.min(backlog, longestWait))
  }

  async function enter() {
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
        reject(busy())
      })
      metrics.hashingWaiting.set(waiting.push(proceed))
    })
  }

  /** Hands the place on without ever freeing it, so that nobody slips in between. */
  function leave() {
    const next = waiting.shift()
    metrics.hashingWaiting.set(waiting.length)
    if (next) next()
    else running -= 1
  }

  async function pass<T>(work: () => Promise<T>): Promise<T> {
    refuseLate() // nobody waits for the hash any more
    await enter()
    const start = performance.now()
    metrics.passwordHashes.inc()
    try {
      const result = await work()
      refuseLate()
      return result
    } finally {
      usualDuration += (performance.now() - start - usualDuration) / 10 // a moving average
      leave()
    }
  }

  return { refuseWhenFull, pass }
}
