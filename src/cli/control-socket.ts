import { join } from 'node:path'

/** Where a server that holds the embedded database listens for commands. */
export const socketIn = (dataDir: string) => join(dataDir, 'control.sock')
