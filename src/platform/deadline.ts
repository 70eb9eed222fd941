import { AsyncLocalStorage } from 'node:async_hooks'
import { ServiceBusy } from './errors.js'
import type { Timer } from './timer.js'

export interface TimeLimit {
  readonly timeoutMs: number
  readonly timer: Timer
}

// Seconds.
const retryAfterSeconds = 2

/**
 * The work of one mutation. It can be refused until its first write. From then on the caller waits for the result,
 * however late. So an error means to the client that nothing was written.
 */
interface TrackedWork {
  state: 'waiting' | 'writing' | 'refused'
  readonly listeners: Set<() => void>
}

// Not an argument: a statement that forgot to pass it on would write after the refusal.
const currentWork = new AsyncLocalStorage<TrackedWork | undefined>()

let runningCount = 0

/**
 * While an AsyncLocalStorage is in use, Node 20 tracks every promise of the process, which slows `me` by a sixth
 * (docs/performance.md). So it is enabled only while there is work. Failing work must not leave promises running that
 * call their write guard later: the guard could no longer see the refusal.
 */
async function runTracked<T>(tracked: TrackedWork, work: () => Promise<T>): Promise<T> {
  runningCount += 1
  try {
    return await currentWork.run(tracked, work)
  } finally {
    runningCount -= 1
    if (runningCount === 0) currentWork.disable()
  }
}

/**
 * Refuses work with ServiceBusy when it has not started to write in time. Refused work runs on to its next check and
 * fails there, without writing.
 */
export async function withWriteDeadline<T>(limit: TimeLimit, work: () => Promise<T>): Promise<T> {
  const tracked: TrackedWork = { state: 'waiting', listeners: new Set() }
  return race(
    limit,
    () => runTracked(tracked, work),
    () => {
      if (tracked.state !== 'waiting') return false
      tracked.state = 'refused'
      for (const listener of tracked.listeners) listener()
      return true
    },
  )
}

/** Refuses read-only work that takes too long. */
export const withDeadline = <T>(limit: TimeLimit, work: () => Promise<T>): Promise<T> =>
  race(limit, work, () => true)

/**
 * Calls `tryRefuse` after `timeoutMs`. If it returns true, the caller gets ServiceBusy. If it returns false, the caller
 * waits for the result of the work.
 */
function race<T>(
  { timeoutMs, timer }: TimeLimit,
  work: () => Promise<T>,
  tryRefuse: () => boolean,
) {
  return new Promise<T>((resolve, reject) => {
    const stop = timer.start(timeoutMs, () => {
      if (tryRefuse()) reject(new ServiceBusy(retryAfterSeconds))
    })
    work().then(resolve, reject).finally(stop)
  })
}

/**
 * Returns a guard to call right before the first write of the current work. The guard throws ServiceBusy when the
 * work was refused; otherwise the work can no longer be refused. Do not await anything between the guard and the
 * write.
 */
export function createWriteGuard(): () => void {
  const work = currentWork.getStore()
  return () => {
    if (!work) return // a job or a CLI command
    if (work.state === 'refused') throw new ServiceBusy(retryAfterSeconds)
    work.state = 'writing'
  }
}

/** Throws ServiceBusy when the current work was refused in the meantime. */
export function throwIfRefused() {
  if (currentWork.getStore()?.state === 'refused') throw new ServiceBusy(retryAfterSeconds)
}

/**
 * Calls `listener` when the work is refused, so that it leaves its queue. Returns a function that removes the
 * listener.
 */
export function onRefusal(listener: () => void): () => void {
  const listeners = currentWork.getStore()?.listeners
  listeners?.add(listener)
  return () => listeners?.delete(listener)
}

/** Work for several requests at once has no single deadline. */
export const withoutDeadline = <T>(work: () => T): T =>
  runningCount === 0 ? work() : currentWork.run(undefined, work)

/**
 * A write that is undone when the work fails, such as an attempt counted in advance, or the undo itself. It runs for
 * refused work too, and other work stays refusable.
 */
export const writeProvisionally = <T>(write: () => Promise<T>): Promise<T> => withoutDeadline(write)
