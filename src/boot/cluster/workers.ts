import cluster, { type Worker } from 'node:cluster'
import type { Logger } from 'pino'
import { StartupError } from '../../platform/errors.js'
import { workerVariable, type FromWorker, type ToWorker } from './messages.js'

/** The place of a worker. Whoever takes it has its number, and so its duties. */
interface Place {
  readonly number: number
  worker: Worker | null
  /** When it began to serve. */
  readyAt: number | null
  /** How often it was lost before it had served for a while. */
  losses: number
}

// Milliseconds.
const firstDelay = 1_000
const longestDelay = 30_000
const aWhile = 60_000

// Left to the kernel, 28 of 32 kept connections went to one of two workers; in turn they go half and half. That costs
// 40 % of the new connections a second (10,000 are left), and requests on kept ones nothing: the primary sees none.
cluster.schedulingPolicy = cluster.SCHED_RR

export function createWorkers(count: number, log: Logger) {
  const places = Array.from({ length: count }, (_, i): Place => ({
    number: i + 1,
    worker: null,
    readyAt: null,
    losses: 0,
  }))
  let stopping = false
  let everyoneWasReady = false
  let ready = () => {}
  let fail: (error: Error) => void = () => {}

  const isServing = ({ readyAt }: Place) => readyAt !== null

  function fork(place: Place) {
    if (stopping) return
    let worker: Worker
    try {
      worker = cluster.fork({
        [workerVariable]: String(place.number),
        WORKERS: String(count), // `auto` is counted once
      })
    } catch (error) {
      lost(place, String(error)) // no memory, or not allowed
      return
    }
    place.worker = worker
    let reason: string | null = null
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') serves(place)
      if (message.kind === 'failed') reason = message.text
    })
    worker.on('error', (error) => {
      // What did not start does not exit; what cannot be talked to is of no use.
      if (worker.process.pid === undefined) lost(place, error.message)
      else worker.process.kill('SIGKILL')
    })
    worker.once('exit', (code: number | null, signal: string | null) => {
      lost(place, reason ?? `Worker ${place.number} ended with ${signal ?? String(code)}.`)
    })
  }

  function serves(place: Place) {
    if (stopping) return
    place.readyAt = performance.now()
    log.info({ worker: place.number, pid: place.worker?.process.pid }, 'a worker is ready')
    if (everyoneWasReady || !places.every(isServing)) return
    everyoneWasReady = true
    ready()
  }

  /** It is replaced. But when nobody serves, or not everybody ever did, what cannot start ends the service. */
  function lost(place: Place, reason: string) {
    const served = place.readyAt === null ? null : performance.now() - place.readyAt
    place.worker = null
    place.readyAt = null
    if (stopping) return
    if (served === null && !(everyoneWasReady && places.some(isServing))) {
      fail(new StartupError(reason))
      return
    }
    if (served !== null && served > aWhile) place.losses = 0
    const delay =
      place.losses === 0 ? 0 : Math.min(firstDelay * 2 ** (place.losses - 1), longestDelay)
    place.losses += 1
    log.error({ worker: place.number, reason }, 'a worker is gone: another one takes its place')
    setTimeout(fork, delay, place)
  }

  return {
    /** Those that can be asked something. */
    serving: () => places.filter(isServing).flatMap(({ worker }) => worker ?? []),

    /** Starts them and calls `onReady` once all of them serve. Ends only by failing. */
    run: (onReady: () => void) =>
      new Promise<never>((_, reject) => {
        ready = onReady
        fail = reject
        places.forEach(fork)
      }),

    /** Resolves when they have ended: each finishes what is in flight. */
    async close() {
      stopping = true
      const ending = places.flatMap(({ worker, readyAt }) => (worker ? { worker, readyAt } : []))
      const killAll = () => {
        for (const { worker } of ending) worker.process.kill('SIGKILL')
      }
      process.once('exit', killAll) // when they take too long: nobody stays behind
      const ended = await Promise.all(
        ending.map(async ({ worker, readyAt }) => {
          const exited = new Promise<number | null>((resolve) => worker.once('exit', resolve))
          // One that does not serve yet has nothing to finish, and may not listen yet; one that is gone needs no word.
          if (readyAt === null) worker.process.kill('SIGKILL')
          else worker.send({ kind: 'stop' } satisfies ToWorker, () => undefined)
          return (await exited) === 0 || readyAt === null
        }),
      )
      process.off('exit', killAll)
      if (ended.includes(false)) throw new StartupError('A worker could not stop in order.')
    },
  }
}
