import { v7 } from 'uuid'
import type { Clock } from '../clock.js'

/** A UUIDv7 (RFC 9562 §5.7): rows inserted one after another stay together in the index. */
export const newId = (clock: Clock) => v7({ msecs: clock.now().getTime() })

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** In the one form that we write, so that a value has one spelling. */
export const isId = (value: unknown): value is string =>
  typeof value === 'string' && pattern.test(value)

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
