import fs from 'node:fs'
import { join } from 'node:path'

const RELEASED = 'released '

/** The highest number in the lock folder: the lock. 0 when nobody has ever held it. */
export function highestIn(folder: string): number {
  return Math.max(0, ...numbersIn(folder))
}

/**
 * Creates file `number` and returns its descriptor, or undefined when another process was faster.
 */
export function claim(folder: string, number: number, content: string): number | undefined {
  const file = lockFile(folder, number)
  let fd: number
  try {
    fd = fs.openSync(file, 'wx', 0o600)
  } catch (error) {
    if (isCode(error, 'EEXIST')) return undefined
    throw error
  }
  fs.writeSync(fd, content)
  if (highestIn(folder) > number) {
    // The lock has changed hands more than once since we looked, and our number had been cleared
    // away.
    fs.closeSync(fd)
    fs.rmSync(file, { force: true })
    return undefined
  }
  for (const old of numbersIn(folder)) {
    // The predecessor stays until the next claim: a listing is not a snapshot, and one that is made
    // during two quick successions might otherwise show neither.
    if (old < number - 1) fs.rmSync(lockFile(folder, old), { force: true })
  }
  return fd
}

/** Text and heartbeat of a lock file, or undefined when it is gone. */
export function look(file: string): { text: string; beat: number; released: boolean } | undefined {
  try {
    // Open, then stat: NFS asks the server for current attributes only when a file is opened.
    const fd = fs.openSync(file, 'r')
    try {
      const text = fs.readFileSync(fd, 'utf8')
      return { text, beat: fs.fstatSync(fd).mtimeMs, released: text.startsWith(RELEASED) }
    } finally {
      fs.closeSync(fd)
    }
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/** A sign of life. */
export function beat(fd: number) {
  // Any value that changes will do.
  const seconds = (performance.timeOrigin + performance.now()) / 1000
  fs.futimesSync(fd, seconds, seconds)
}

export function markReleased(fd: number) {
  // By descriptor, so that a file that a successor has cleared away is not made anew; and one write
  // over the beginning, so that nobody reads half a mark.
  fs.writeSync(fd, RELEASED, 0)
  fs.closeSync(fd)
}

export function lockFile(folder: string, number: number): string {
  return join(folder, String(number))
}

function numbersIn(folder: string): number[] {
  const names = fs.readdirSync(folder)
  return names.filter((name) => /^\d+$/.test(name)).map(Number)
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code
}
