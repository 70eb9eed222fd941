import { createHmac } from 'node:crypto'
import type { Keyring } from './keyring.js'

/**
 * A 32-byte name for a text such as an e-mail address. Without AUTH_SECRET, an attacker cannot compute the name of a
 * guessed text (HMAC-SHA-256, RFC 2104).
 */
export type KeyedDigest = (text: string) => Buffer

export const createKeyedDigest =
  ({ current }: Keyring): KeyedDigest =>
  (text) =>
    createHmac('sha256', current.key).update(text).digest()
