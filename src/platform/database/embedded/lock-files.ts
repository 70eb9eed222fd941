import fs from 'node:fs'
import { join } from 'node:path'

const RELEASED = 'released '

/** The highest number in the lock folder, which is the lock. 0 when no process has ever held it. */
export function highestLockNumber(folder: string): number {
  return Math.max(0, ...listLockNumbers(folder))
}

/** Creates file `number` and returns its descriptor, or undefined when another process was faster. */
export function claimLock(folder: string, number: number, content: string): number | undefined {
  const file = lockFilePath(folder, number)
  let fd: number
  try {
    fd = fs.openSync(file, 'wx', 0o600)
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return undefined
    throw error
  }
  fs.writeSync(fd, content)
  if (highestLockNumber(folder) > number) {
    // The lock has changed hands more than once since we looked, and a successor deleted our number.
    fs.closeSync(fd)
    fs.rmSync(file, { force: true })
    return undefined
  }
  for (const old of listLockNumbers(folder)) {
    // Keeps the predecessor until the next claim. A directory listing is not a snapshot: during two quick successions
    // it might show neither file.
    if (old < number - 1) fs.rmSync(lockFilePath(folder, old), { force: true })
  }
  return fd
}

/** Text and heartbeat of a lock file, or undefined when it is gone. */
export function readLock(
  file: string,
): { text: string; heartbeat: number; released: boolean } | undefined {
  try {
    // Open, then stat: NFS asks the server for current attributes only when a file is opened.
    const fd = fs.openSync(file, 'r')
    try {
      const text = fs.readFileSync(fd, 'utf8')
      return { text, heartbeat: fs.fstatSync(fd).mtimeMs, released: text.startsWith(RELEASED) }
    } finally {
      fs.closeSync(fd)
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

export function writeHeartbeat(fd: number) {
  // Any value that changes will do.
  const seconds = (performance.timeOrigin + performance.now()) / 1000
  fs.futimesSync(fd, seconds, seconds)
}

export function markReleased(fd: number) {
  // By descriptor, so that a file that a successor has deleted is not created again. One write over the beginning, so
  // that no reader sees half a mark.
  fs.writeSync(fd, RELEASED, 0)
  fs.closeSync(fd)
}

export function lockFilePath(folder: string, number: number): string {
  return join(folder, String(number))
}

function listLockNumbers(folder: string): number[] {
  const names = fs.readdirSync(folder)
  return names.filter((name) => /^\d+$/.test(name)).map(Number)
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code
}
