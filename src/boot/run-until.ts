import type { Logger } from 'pino'

export interface Closable {
  readonly close: () => Promise<unknown>
}

// Milliseconds; orchestrators kill after ten seconds, and a database that went silent must not have us wait.
const longestStop = 9_500

/**
 * Runs what `open` starts until `told` says why to stop, then closes what was opened, the last first. What fails to
 * start is closed, too.
 */
export async function runUntil(
  told: Promise<string>,
  open: (opened: Closable[]) => Promise<void>,
  log: Logger,
) {
  const opened: Closable[] = []
  const close = async () => {
    for (const one of opened.toReversed()) await one.close()
  }
  let stopping = false
  const stopped = told.then((signal) => {
    stopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), longestStop).unref()
    return close()
  })
  const running = async () => {
    try {
      await open(opened)
    } catch (error) {
      if (stopping) return stopped // it was closed under its feet
      await close()
      throw error
    }
    return stopped
  }
  await Promise.race([running(), stopped])
}

/** A signal to stop: SIGTERM from an orchestrator, SIGINT from a terminal. The second one ends the process at once. */
export const signalled = () =>
  new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, resolve)
  })
