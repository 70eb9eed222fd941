import { setMaxListeners } from 'node:events'
import type { Logger } from 'pino'

/** Something that a replica does from time to time. */
export interface Job {
  readonly name: string
  /** Of several workers: by each of them, or by one for all. */
  readonly runsOn: 'each' | 'one'
  /** Milliseconds from the end of one run to the start of the next. */
  readonly intervalMs: number
  /** Told to stop, it ends soon: what it leaves undone it does at its next run. */
  readonly run: (signal: AbortSignal) => Promise<unknown>
  /** Whether it runs once more when the replica stops: what it keeps in memory would be lost. */
  readonly runAtStop?: boolean
}

/** What one replica clears away for all, every ten minutes. */
export const createCleanupJob = (name: string, run: () => Promise<unknown>): Job => ({
  ...{ name, runsOn: 'one', intervalMs: 600_000 },
  run,
})

/** Runs jobs in the background, none of them beside itself. One that fails is logged and tried again. */
export function startJobs(jobs: readonly Job[], log: Logger) {
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal) // one of each job: Node.js takes more than ten for a leak
  const runOnce = ({ name, run }: Job, signal: AbortSignal) =>
    run(signal).catch((err: unknown) => {
      log.error({ err, job: name }, 'a background job failed')
    })
  const running = jobs.map(async (job) => {
    while (await pause(job.intervalMs, stopping.signal)) await runOnce(job, stopping.signal)
    if (job.runAtStop) await runOnce(job, new AbortController().signal)
  })
  return {
    /** Resolves when what was running is done. */
    async stop() {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

/** False when it was cut short. Keeps no process alive. */
function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  // An aborted signal says so no more.
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
