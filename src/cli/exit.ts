import { StartupError } from '../platform/errors.js'

/** Ends the process for an error: a mistake in the settings in a sentence, a bug with its stack. */
export function exitWith(error: unknown): never {
  const text =
    error instanceof StartupError
      ? error.message
      : error instanceof Error
        ? error.stack
        : String(error)
  process.stderr.write(`${text ?? ''}\n`)
  process.exit(1)
}
