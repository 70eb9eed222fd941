import cluster, { type Worker } from 'node:cluster'
import type { Logger } from 'pino'
import { describeError } from '../../compose/cli/exit.js'
import type { Config } from '../../compose/config/config.js'
import { StartupError } from '../../platform/errors.js'
import { runUntilStopped } from '../run-until-stopped.js'
import { serve } from '../serve.js'
import {
  workerNumberVariable,
  type MessageFromWorker,
  type MetricSnapshot,
  type MessageToWorker,
} from './messages.js'

/** Serves as one of several, for as long as the primary process wants it and is there. */
export async function runWorker(number: number, config: Config, baseLog: Logger) {
  const primary = cluster.worker
  if (!primary) throw new StartupError(`${workerNumberVariable} is Latchkey’s own: unset it.`)
  const log = baseLog.child({ worker: number })
  const open: Parameters<typeof runUntilStopped>[1] = async (closables) => {
    const { services } = await serve({ config, log, worker: number }, closables)
    const { registry } = services.metrics
    if (registry) answerMetricRequests(() => registry.getMetricsAsJSON())
    await sendToPrimary({ kind: 'ready' })
  }
  try {
    await runUntilStopped(waitForStop(primary), open, log)
  } catch (error) {
    if (!process.connected) throw error
    await sendToPrimary({ kind: 'failed', text: describeError(error) })
    process.exit(1)
  }
}

/** By the primary process, or by its end. */
function waitForStop(primary: Worker) {
  // A terminal's Ctrl-C, and some service managers, signal every process: the primary says what to do.
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => undefined)
  // What cannot be sent any more is followed by a disconnect; unheard, it would end this process before.
  primary.on('error', () => undefined)
  return new Promise<string>((resolve) => {
    let isStopRequested = false
    process.on('message', (message: MessageToWorker) => {
      if (message.kind !== 'stop') return
      isStopRequested = true
      resolve('stop')
    })
    primary.once('disconnect', () => {
      if (isStopRequested) process.exit(1) // whoever ended the primary while it waited for us waits no longer
      primary.exitedAfterDisconnect = true // else node:cluster would end this process here
      resolve('disconnect')
    })
  })
}

function answerMetricRequests(readMetrics: () => Promise<readonly MetricSnapshot[]>) {
  process.on('message', (message: MessageToWorker) => {
    if (message.kind !== 'measure') return
    const { id } = message
    void readMetrics().then((metrics) => sendToPrimary({ kind: 'measured', id, metrics }))
  })
}

/** Resolves when it is sent, or nobody is there to hear it. */
const sendToPrimary = (message: MessageFromWorker) =>
  new Promise<void>((resolve) => {
    process.send?.(message, undefined, undefined, () => {
      resolve()
    })
  })
