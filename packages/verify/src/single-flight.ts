import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs `work` for all callers: one run at a time, with `minIntervalMs` between two starts. A caller gets a run that
 * starts after its call, so that it sees the current state. Callers that arrive meanwhile share the next run.
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
