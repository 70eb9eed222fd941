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
 * The work of one mutation. Until it starts to write it can be refused; from then on its result is waited for, however
 * late it comes: a client that is told of a failure must be able to rely on it.
 */
interface TrackedWork {
  state: 'waiting' | 'writing' | 'refused'
  readonly listeners: Set<() => void>
}

// Not an argument: a statement that forgot to pass it on would write after the refusal.
const currentWork = new AsyncLocalStorage<TrackedWork | undefined>()

let runningCount = 0

/**
 * While a store is in use, Node 20 follows every promise of the process, which costs `me` a sixth of its time
 * (docs/performance.md). So it is in use only while there is work. Work that fails must leave nothing running that has not
 * called `writing` yet: it would no longer know that it was refused.
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
 * Refuses work with ServiceBusy when it has not started to write in time. What was refused goes on to its next waiting
 * point and fails there: it writes nothing.
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

/** Refuses work that writes nothing when it takes too long. */
export const withDeadline = <T>(limit: TimeLimit, work: () => Promise<T>): Promise<T> =>
  race(limit, work, () => true)

/** `isOver`: whether the work is to be given up now that the time has passed. */
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
 * Returns what to call right before the first write of the current work, wherever that is: it throws ServiceBusy when the
 * work was refused, and keeps it from being refused from then on. Nothing may be waited for between that and the write.
 */
export function createWriteGuard(): () => void {
  const work = currentWork.getStore()
  return () => {
    if (!work) return // a job, or a command of the operator's
    if (work.state === 'refused') throw new ServiceBusy(retryAfterSeconds)
    work.state = 'writing'
  }
}

/** Throws ServiceBusy when the work was refused while this was being done. */
export function throwIfRefused() {
  if (currentWork.getStore()?.state === 'refused') throw new ServiceBusy(retryAfterSeconds)
}

/** Has a place in a queue given up when the work is refused. Returns how to stop listening. */
export function onRefusal(listener: () => void): () => void {
  const listeners = currentWork.getStore()?.listeners
  listeners?.add(listener)
  return () => listeners?.delete(listener)
}

/** Work for several requests at once is nobody's alone. */
export const withoutDeadline = <T>(work: () => T): T =>
  runningCount === 0 ? work() : currentWork.run(undefined, work)

/**
 * A write that is taken back when the work fails, such as an attempt that is counted in advance, or that takes it back: it
 * runs for refused work too, and leaves other work refusable.
 */
export const writeProvisionally = <T>(write: () => Promise<T>): Promise<T> => withoutDeadline(write)
