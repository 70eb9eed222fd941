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

/** Serves as one of several workers until the primary process stops it or dies. */
export async function runWorker(number: number, config: Config, baseLog: Logger) {
  const primary = cluster.worker
  if (!primary)
    throw new StartupError(
      `${workerNumberVariable} is set, but only Latchkey may set it. Unset it.`,
    )
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

/** Resolves when the primary process requests the stop, or when it ends. */
function waitForStop(primary: Worker) {
  // Ignores signals: a terminal's Ctrl-C, and some service managers, signal every process. The primary tells the
  // workers to stop.
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => undefined)
  // A failed send is followed by a disconnect. Without a listener, the error would end this process first.
  primary.on('error', () => undefined)
  return new Promise<string>((resolve) => {
    let isStopRequested = false
    process.on('message', (message: MessageToWorker) => {
      if (message.kind !== 'stop') return
      isStopRequested = true
      resolve('stop')
    })
    primary.once('disconnect', () => {
      if (isStopRequested) process.exit(1) // the primary died while it waited for this worker
      primary.exitedAfterDisconnect = true // otherwise node:cluster would end this process here
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

/** Resolves when the message is sent, or when the primary is gone. */
const sendToPrimary = (message: MessageFromWorker) =>
  new Promise<void>((resolve) => {
    process.send?.(message, undefined, undefined, () => {
      resolve()
    })
  })
