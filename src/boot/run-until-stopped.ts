import type { Logger } from 'pino'

export interface Closable {
  readonly close: () => Promise<unknown>
}

// Milliseconds. Orchestrators kill after ten seconds, and the stop must not wait for a database that does not answer.
const maxStopMs = 9_500

/**
 * Runs the services that `open` starts until `stopSignal` resolves, then closes them in reverse order. Also closes
 * them when `open` fails.
 */
export async function runUntilStopped(
  stopSignal: Promise<string>,
  open: (closables: Closable[]) => Promise<void>,
  log: Logger,
) {
  const closables: Closable[] = []
  const close = async () => {
    for (const closable of closables.toReversed()) await closable.close()
  }
  let isStopping = false
  const stopped = stopSignal.then((signal) => {
    isStopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), maxStopMs).unref()
    return close()
  })
  const running = async () => {
    try {
      await open(closables)
    } catch (error) {
      if (isStopping) return stopped // the stop closed services during `open`
      await close()
      throw error
    }
    return stopped
  }
  await Promise.race([running(), stopped])
}

/**
 * Resolves with the first SIGTERM (from an orchestrator) or SIGINT (from a terminal). The second one ends the process
 * at once.
 */
export const waitForSignal = () =>
  new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, resolve)
  })
