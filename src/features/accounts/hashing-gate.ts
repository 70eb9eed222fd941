import { ServiceBusy } from '../../platform/errors.js'

/**
 * Lets as many hashes run as there are cores for them, lets a bounded number wait, and refuses the
 * rest at once: without it a burst of sign-ins fills libuv's thread pool and every signature and file
 * waits seconds behind it.
 */
export function createHashingGate({ concurrency, queue }: { concurrency: number; queue: number }) {
  const waiting: (() => void)[] = []
  let running = 0
  let lastDuration = 0

  async function enter() {
    if (running < concurrency) {
      running += 1
      return
    }
    if (waiting.length >= queue) {
      const backlog = ((waiting.length / concurrency) * lastDuration) / 1_000
      throw new ServiceBusy(Math.max(1, Math.ceil(backlog)))
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
      lastDuration = performance.now() - start
      leave()
    }
  }
}
