import { StartupError } from '../../platform/errors.js'

/** Prints the error and ends the process. */
export function exitWithError(error: unknown): never {
  process.stderr.write(`${describeError(error)}\n`)
  process.exit(1)
}

/** The message of a StartupError; the stack of a bug. */
export function describeError(error: unknown): string {
  if (error instanceof StartupError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
