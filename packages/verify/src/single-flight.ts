import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs `work` for all callers: one run at a time, with at least `minIntervalMs` between two starts. Each caller gets
 * a run that starts after the call, so its result is not older than the call. Callers that wait share the next run.
 */
export function singleFlight(
  work: () => Promise<void>,
  minIntervalMs: number,
): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null
  let startedAt = -Infinity

  async function start() {
    await running.catch(() => undefined) // its own callers get the error
    const waitMs = startedAt + minIntervalMs - performance.now()
    if (waitMs > 0) await sleep(waitMs)
    next = null
    startedAt = performance.now()
    running = work()
    await running
  }

  return () => (next ??= start())
}
