import type { Logger } from 'pino'

export interface Closable {
  readonly close: () => Promise<unknown>
}

// Milliseconds; orchestrators kill after ten seconds, and a database that went silent must not have us wait.
const maxStopMs = 9_500

/**
 * Runs what `open` starts until `told` says why to stop, then closes what was opened, the last first. What fails to
 * start is closed, too.
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
      if (isStopping) return stopped // it was closed under its feet
      await close()
      throw error
    }
    return stopped
  }
  await Promise.race([running(), stopped])
}

/** A signal to stop: SIGTERM from an orchestrator, SIGINT from a terminal. The second one ends the process at once. */
export const waitForSignal = () =>
  new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, resolve)
  })
