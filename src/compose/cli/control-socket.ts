import { join } from 'node:path'

/** A folder of its own, because others may read DATA_DIR. */
export const controlFolder = (dataDir: string) => join(dataDir, 'control')

/** Where a server that holds the embedded database listens for commands. */
export const controlSocketPath = (dataDir: string) => join(controlFolder(dataDir), 'sock')

// Bytes, without the NUL at the end (unix(7), macOS unix(4)).
const maxPathBytes = process.platform === 'darwin' ? 103 : 107

/** libuv cuts off what is longer, and the socket would be somewhere else. */
export const isSocketPathTooLong = (path: string) => Buffer.byteLength(path) > maxPathBytes
