import { AsyncLocalStorage } from 'node:async_hooks'
import { ServiceBusy } from './errors.js'
import type { Timer } from './timer.js'

export interface TimeLimit {
  readonly ms: number
  readonly timer: Timer
}

// Seconds.
const retryAfter = 2

/**
 * The work of one mutation. Until it starts to write it can be refused; from then on its result is waited for, however
 * late it comes: a client that is told of a failure must be able to rely on it.
 */
interface Work {
  state: 'waiting' | 'writing' | 'refused'
  readonly listeners: Set<() => void>
}

// Not an argument: a statement that forgot to pass it on would write after the refusal.
const current = new AsyncLocalStorage<Work | undefined>()

let running = 0

/**
 * While a store is in use, Node 20 follows every promise of the process, which costs `me` a sixth of its time
 * (docs/performance.md). So it is in use only while there is work. Work that fails must leave nothing running that has not
 * called `writing` yet: it would no longer know that it was refused.
 */
async function runAs<T>(mine: Work, work: () => Promise<T>): Promise<T> {
  running += 1
  try {
    return await current.run(mine, work)
  } finally {
    running -= 1
    if (running === 0) current.disable()
  }
}

/**
 * Refuses work with ServiceBusy when it has not started to write in time. What was refused goes on to its next waiting
 * point and fails there: it writes nothing.
 */
export async function untilWriting<T>(limit: TimeLimit, work: () => Promise<T>): Promise<T> {
  const mine: Work = { state: 'waiting', listeners: new Set() }
  return race(
    limit,
    () => runAs(mine, work),
    () => {
      if (mine.state !== 'waiting') return false
      mine.state = 'refused'
      for (const listener of mine.listeners) listener()
      return true
    },
  )
}

/** Refuses work that writes nothing when it takes too long. */
export const inTime = <T>(limit: TimeLimit, work: () => Promise<T>): Promise<T> =>
  race(limit, work, () => true)

/** `isOver`: whether the work is to be given up now that the time has passed. */
function race<T>({ ms, timer }: TimeLimit, work: () => Promise<T>, isOver: () => boolean) {
  return new Promise<T>((resolve, reject) => {
    const stop = timer.start(ms, () => {
      if (isOver()) reject(new ServiceBusy(retryAfter))
    })
    work().then(resolve, reject).finally(stop)
  })
}

/**
 * Returns what to call right before the first write of the current work, wherever that is: it throws ServiceBusy when the
 * work was refused, and keeps it from being refused from then on. Nothing may be waited for between that and the write.
 */
export function writing(): () => void {
  const work = current.getStore()
  return () => {
    if (!work) return // a job, or a command of the operator's
    if (work.state === 'refused') throw new ServiceBusy(retryAfter)
    work.state = 'writing'
  }
}

/** Throws ServiceBusy when the work was refused while this was being done. */
export function refuseLate() {
  if (current.getStore()?.state === 'refused') throw new ServiceBusy(retryAfter)
}

/** Has a place in a queue given up when the work is refused. Returns how to stop listening. */
export function onRefusal(listener: () => void): () => void {
  const listeners = current.getStore()?.listeners
  listeners?.add(listener)
  return () => listeners?.delete(listener)
}

/** Work for several requests at once is nobody's alone. */
export const forAll = <T>(work: () => T): T =>
  running === 0 ? work() : current.run(undefined, work)

/**
 * A write that is taken back when the work fails, such as an attempt that is counted in advance, or that takes it back: it
 * runs for refused work too, and leaves other work refusable.
 */
export const provisionally = <T>(write: () => Promise<T>): Promise<T> => forAll(write)
