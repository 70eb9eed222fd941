import { ServiceBusy } from '../../platform/errors.js'

// Seconds: however long the queue, a client may ask again after this.
const longestWait = 30

/**
 * Lets as many hashes run as there are cores for them, lets a bounded number wait, and refuses the
 * rest at once: without it a burst of sign-ins fills libuv's thread pool and every signature and file
 * waits seconds behind it.
 */
export function createHashingGate({ concurrency, queue }: { concurrency: number; queue: number }) {
  const waiting: (() => void)[] = []
  let running = 0
  let usualDuration = 0

  async function enter() {
    if (running < concurrency) {
      running += 1
      return
    }
    if (waiting.length >= queue) {
      const backlog = ((waiting.length / concurrency) * usualDuration) / 1_000
      throw new ServiceBusy(Math.min(Math.max(1, Math.ceil(backlog)), longestWait))
    }
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  /** Hands the place on without ever freeing it, so that nobody slips in between. */
  function leave() {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }

  return async <T>(work: () => Promise<T>): Promise<T> => {
    await enter()
    const start = performance.now()
    try {
      return await work()
    } finally {
      usualDuration += (performance.now() - start - usualDuration) / 10 // a moving average
      leave()
    }
  }
}
