import { StartupError } from '../errors.js'

/** Explains a failed listen by the setting that names the address. */
export const explainListenError = <T>(listening: Promise<T>, address: string, setting: string) =>
  listening.catch((error: unknown) => {
    throw toStartupError(error as NodeJS.ErrnoException, address, setting)
  })

function toStartupError(error: NodeJS.ErrnoException, address: string, setting: string) {
  if (error.code === 'EADDRINUSE') return new StartupError(`${address} is in use: set ${setting}.`)
  return error.syscall
    ? new StartupError(`Cannot listen on ${address}: ${error.message}. Check HOST and ${setting}.`)
    : error
}
