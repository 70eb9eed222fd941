import { StartupError } from '../errors.js'

/** Has an address that cannot be listened on told by the setting that names it. */
export const orExplained = <T>(listening: Promise<T>, address: string, setting: string) =>
  listening.catch((error: unknown) => {
    throw explained(error as NodeJS.ErrnoException, address, setting)
  })

function explained(error: NodeJS.ErrnoException, address: string, setting: string) {
  if (error.code === 'EADDRINUSE') return new StartupError(`${address} is in use: set ${setting}.`)
  return error.syscall
    ? new StartupError(`${address} cannot be listened on: ${error.message}`)
    : error
}
