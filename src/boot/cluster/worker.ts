import cluster, { type Worker } from 'node:cluster'
import type { Logger } from 'pino'
import { textOf } from '../../compose/cli/exit.js'
import type { Config } from '../../compose/config/config.js'
import { StartupError } from '../../platform/errors.js'
import { runUntil } from '../run-until.js'
import { serve } from '../serve.js'
import { workerVariable, type FromWorker, type Measured, type ToWorker } from './messages.js'

/** Serves as one of several, for as long as the primary process wants it and is there. */
export async function runWorker(number: number, config: Config, wholeLog: Logger) {
  const primary = cluster.worker
  if (!primary) throw new StartupError(`${workerVariable} is Latchkey’s own: unset it.`)
  const log = wholeLog.child({ worker: number })
  const open: Parameters<typeof runUntil>[1] = async (opened) => {
    const { services } = await serve({ config, log, worker: number }, opened)
    const { registry } = services.metrics
    if (registry) answerMeasuring(() => registry.getMetricsAsJSON())
    await tell({ kind: 'ready' })
  }
  try {
    await runUntil(toldToStop(primary), open, log)
  } catch (error) {
    if (!process.connected) throw error
    await tell({ kind: 'failed', text: textOf(error) })
    process.exit(1)
  }
}

/** By the primary process, or by its end. */
function toldToStop(primary: Worker) {
  // A terminal's Ctrl-C, and some service managers, signal every process: the primary says what to do.
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => undefined)
  // What cannot be sent any more is followed by a disconnect; unheard, it would end this process before.
  primary.on('error', () => undefined)
  return new Promise<string>((resolve) => {
    let told = false
    process.on('message', (message: ToWorker) => {
      if (message.kind !== 'stop') return
      told = true
      resolve('stop')
    })
    primary.once('disconnect', () => {
      if (told) process.exit(1) // whoever ended the primary while it waited for us waits no longer
      primary.exitedAfterDisconnect = true // else node:cluster would end this process here
      resolve('disconnect')
    })
  })
}

function answerMeasuring(measure: () => Promise<readonly Measured[]>) {
  process.on('message', (message: ToWorker) => {
    if (message.kind !== 'measure') return
    const { id } = message
    void measure().then((metrics) => tell({ kind: 'measured', id, metrics }))
  })
}

/** Resolves when it is sent, or nobody is there to hear it. */
const tell = (message: FromWorker) =>
  new Promise<void>((resolve) => {
    process.send?.(message, undefined, undefined, () => {
      resolve()
    })
  })
