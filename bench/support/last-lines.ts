import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const maxBytes = 3_000

/** Reads only the end of a server's output, which may be long. */
export function readLastLines(file: string): string {
  const descriptor = openSync(file, 'r')
  const buffer = Buffer.alloc(maxBytes)
  const start = Math.max(0, fstatSync(descriptor).size - maxBytes)
  const length = readSync(descriptor, buffer, 0, maxBytes, start)
  closeSync(descriptor)
  return buffer.toString('utf8', 0, length)
}
