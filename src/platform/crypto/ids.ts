import { randomInt } from 'node:crypto'
import { v7 } from 'uuid'
import type { Clock } from '../clock.js'

let lastId = { msecs: 0, seq: 0 }

/**
 * A UUIDv7 (RFC 9562 §5.7): rows inserted in sequence stay together in the index. Ids of one process also increase
 * within a millisecond (§6.2, method 1, from a random start), so they show the order of creation.
 */
export function newId(clock: Clock) {
  const msecs = clock.now().getTime()
  const seq = msecs === lastId.msecs ? lastId.seq + 1 : randomInt(2 ** 31)
  lastId = { msecs, seq }
  return v7(lastId)
}

/** Ids created before `time` are smaller, all others are not. */
export const firstIdAt = (time: Date) =>
  v7({ msecs: time.getTime(), seq: 0, random: new Uint8Array(16) })

/** An id of `time` that is always the same for the same 16 bytes. The primary key then enforces "only once". */
export const deterministicId = (time: Date, bytes: Uint8Array) =>
  v7({ msecs: time.getTime(), random: bytes })

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Accepts only the form that we write, so that a value has one spelling. */
export const isId = (value: unknown): value is string =>
  typeof value === 'string' && uuidPattern.test(value)

export const idToBytes = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex')

export function idFromBytes(bytes: Buffer) {
  const hex = bytes.toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}
