import { StartupError } from '../../platform/errors.js'

/** Ends the process for an error. */
export function exitWithError(error: unknown): never {
  process.stderr.write(`${describeError(error)}\n`)
  process.exit(1)
}

/** A mistake in the settings in a sentence, a bug with its stack. */
export function describeError(error: unknown): string {
  if (error instanceof StartupError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
