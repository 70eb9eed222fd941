import cluster, { type Worker } from 'node:cluster'
import type { Logger } from 'pino'
import { StartupError } from '../../platform/errors.js'
import { workerNumberVariable, type MessageFromWorker, type MessageToWorker } from './messages.js'

/** The slot of a worker. A replacement gets the same number, and so the same jobs. */
interface WorkerSlot {
  readonly number: number
  worker: Worker | null
  /** When the worker started to serve; null until then. */
  readyAt: number | null
  /** How often the worker exited before it was stable. */
  earlyExits: number
}

// Milliseconds.
const firstDelayMs = 1_000
const maxDelayMs = 30_000
const stableAfterMs = 60_000

// Round robin: the kernel distributes kept-alive connections unevenly over the workers. It costs new connections some
// throughput, and requests on kept connections nothing, because they bypass the primary (docs/performance.md).
cluster.schedulingPolicy = cluster.SCHED_RR

export function createWorkers(count: number, log: Logger) {
  const slots = Array.from({ length: count }, (_, i): WorkerSlot => ({
    number: i + 1,
    worker: null,
    readyAt: null,
    earlyExits: 0,
  }))
  let isStopping = false
  let wereAllReady = false
  let notifyReady = () => {}
  let fail: (error: Error) => void = () => {}

  const isServing = ({ readyAt }: WorkerSlot) => readyAt !== null

  function fork(slot: WorkerSlot) {
    if (isStopping) return
    let worker: Worker
    try {
      worker = cluster.fork({
        [workerNumberVariable]: String(slot.number),
        WORKERS: String(count), // `auto` is counted once
      })
    } catch (error) {
      handleExit(slot, String(error)) // no memory, or not allowed
      return
    }
    slot.worker = worker
    let reason: string | null = null
    worker.on('message', (message: MessageFromWorker) => {
      if (message.kind === 'ready') markReady(slot)
      if (message.kind === 'failed') reason = message.text
    })
    worker.on('error', (error) => {
      // A worker that did not start emits no exit. A worker that cannot receive messages is useless.
      if (worker.process.pid === undefined) handleExit(slot, error.message)
      else worker.process.kill('SIGKILL')
    })
    worker.once('exit', (code: number | null, signal: string | null) => {
      handleExit(slot, reason ?? `Worker ${slot.number} ended with ${signal ?? String(code)}.`)
    })
  }

  function markReady(slot: WorkerSlot) {
    if (isStopping) return
    slot.readyAt = performance.now()
    log.info({ worker: slot.number, pid: slot.worker?.process.pid }, 'a worker is ready')
    if (wereAllReady || !slots.every(isServing)) return
    wereAllReady = true
    notifyReady()
  }

  /**
   * Replaces the worker. Fails the service instead if the worker could not start while no worker serves, or before
   * all workers have served once.
   */
  function handleExit(slot: WorkerSlot, reason: string) {
    const servedMs = slot.readyAt === null ? null : performance.now() - slot.readyAt
    slot.worker = null
    slot.readyAt = null
    if (isStopping) return
    if (servedMs === null && !(wereAllReady && slots.some(isServing))) {
      fail(new StartupError(reason))
      return
    }
    if (servedMs !== null && servedMs > stableAfterMs) slot.earlyExits = 0
    const delayMs =
      slot.earlyExits === 0 ? 0 : Math.min(firstDelayMs * 2 ** (slot.earlyExits - 1), maxDelayMs)
    slot.earlyExits += 1
    log.error({ worker: slot.number, reason }, 'a worker is gone: another one replaces it')
    setTimeout(fork, delayMs, slot)
  }

  return {
    /** Workers that can answer messages. */
    serving: () => slots.filter(isServing).flatMap(({ worker }) => worker ?? []),

    /** Starts the workers and calls `onReady` once all of them serve. The promise only ever rejects. */
    run: (onReady: () => void) =>
      new Promise<never>((_, reject) => {
        notifyReady = onReady
        fail = reject
        slots.forEach(fork)
      }),

    /** Stops the workers: each finishes its requests in flight. Resolves when all have ended. */
    async close() {
      isStopping = true
      const endingWorkers = slots.flatMap(({ worker, readyAt }) =>
        worker ? { worker, readyAt } : [],
      )
      const killAll = () => {
        for (const { worker } of endingWorkers) worker.process.kill('SIGKILL')
      }
      process.once('exit', killAll) // when the stop takes too long: no worker may outlive the primary
      const cleanExits = await Promise.all(
        endingWorkers.map(async ({ worker, readyAt }) => {
          const exited = new Promise<number | null>((resolve) => worker.once('exit', resolve))
          // A worker that does not serve yet has nothing to finish and may not listen for messages yet. A dead worker
          // needs no message.
          if (readyAt === null) worker.process.kill('SIGKILL')
          else worker.send({ kind: 'stop' } satisfies MessageToWorker, () => undefined)
          return (await exited) === 0 || readyAt === null
        }),
      )
      process.off('exit', killAll)
      if (cleanExits.includes(false))
        throw new StartupError(
          'A worker did not stop cleanly. The log lines of the worker say why.',
        )
    },
  }
}
