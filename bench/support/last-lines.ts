import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const enough = 3_000

/** The end of what a server has printed, which may be much. */
export function lastLines(file: string): string {
  const descriptor = openSync(file, 'r')
  const buffer = Buffer.alloc(enough)
  const start = Math.max(0, fstatSync(descriptor).size - enough)
  const length = readSync(descriptor, buffer, 0, enough, start)
  closeSync(descriptor)
  return buffer.toString('utf8', 0, length)
}
