import { setMaxListeners } from 'node:events'
import type { Logger } from 'pino'

/** Work that a replica repeats at an interval. */
export interface Job {
  readonly name: string
  /** With several workers: whether each of them runs it, or one for all. */
  readonly runsOn: 'each' | 'one'
  /** Milliseconds from the end of one run to the start of the next. */
  readonly intervalMs: number
  /** When the signal aborts, the job ends soon; its next run does the rest. */
  readonly run: (signal: AbortSignal) => Promise<unknown>
  /** Whether it runs once more when the replica stops, to save data that is only in memory. */
  readonly runAtStop?: boolean
}

/** A cleanup that one worker runs for the whole replica every ten minutes. */
export const createCleanupJob = (name: string, run: () => Promise<unknown>): Job => ({
  ...{ name, runsOn: 'one', intervalMs: 600_000 },
  run,
})

/**
 * Runs jobs in the background. A job never overlaps itself. A failed run is logged and repeated at the next interval.
 */
export function startJobs(jobs: readonly Job[], log: Logger) {
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal) // one listener per job: Node.js warns about a leak above ten
  const runOnce = ({ name, run }: Job, signal: AbortSignal) =>
    run(signal).catch((err: unknown) => {
      log.error({ err, job: name }, 'a background job failed')
    })
  const running = jobs.map(async (job) => {
    while (await pause(job.intervalMs, stopping.signal)) await runOnce(job, stopping.signal)
    if (job.runAtStop) await runOnce(job, new AbortController().signal)
  })
  return {
    /** Resolves when the running jobs are done. */
    async stop() {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

/** False when the pause was aborted. The timer does not keep the process alive. */
function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  // An aborted signal emits no further event.
  if (signal.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve(true)
    }, milliseconds)
    const stop = () => {
      clearTimeout(timer)
      resolve(false)
    }
    timer.unref()
    signal.addEventListener('abort', stop, { once: true })
  })
}
