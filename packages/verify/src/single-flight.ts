import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs `work` for everybody who asks: one run at a time, and `leastMs` between the starts of two. A caller gets a run that
 * starts after it asked, so that it sees what was true by then. Callers that come meanwhile share the next run.
 */
export function singleFlight(
  work: () => Promise<void>,
  minIntervalMs: number,
): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null
  let startedAt = -Infinity

  async function start() {
    await running.catch(() => undefined) // its callers are told
    const waitMs = startedAt + minIntervalMs - performance.now()
    if (waitMs > 0) await sleep(waitMs)
    next = null
    startedAt = performance.now()
    running = work()
    await running
  }

  return () => (next ??= start())
}
