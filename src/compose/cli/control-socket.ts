import { join } from 'node:path'

/** A private folder, because other users may read DATA_DIR. */
export const controlFolder = (dataDir: string) => join(dataDir, 'control')

/** Where a server with the embedded database listens for commands. */
export const controlSocketPath = (dataDir: string) => join(controlFolder(dataDir), 'sock')

// Bytes, without the NUL at the end (unix(7), macOS unix(4)).
const maxPathBytes = process.platform === 'darwin' ? 103 : 107

/** libuv truncates longer paths, so the socket would be at another path. */
export const isSocketPathTooLong = (path: string) => Buffer.byteLength(path) > maxPathBytes
