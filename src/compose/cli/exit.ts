import { StartupError } from '../../platform/errors.js'

/** Ends the process for an error. */
export function exitWith(error: unknown): never {
  process.stderr.write(`${textOf(error)}\n`)
  process.exit(1)
}

/** A mistake in the settings in a sentence, a bug with its stack. */
export function textOf(error: unknown): string {
  if (error instanceof StartupError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
