import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { idFromBytes, idToBytes } from '../../platform/crypto/ids.js'
import type { Keyring } from '../../platform/crypto/keyring.js'
import type { Random } from '../../platform/crypto/random.js'

/** The content of a refresh token with a valid MAC. */
export interface RefreshTokenParts {
  readonly sessionId: string
  /** The number of the rotation, from 1. */
  readonly generation: number
  /** The session's 16 random bytes. The database stores only their hash. */
  readonly seed: Buffer
}

const version = 1
const seedBytes = 16
const offsets = { version: 0, keyId: 1, sessionId: 5, generation: 21, seed: 25, mac: 41, end: 73 }
const encodedLength = Math.ceil((offsets.end * 4) / 3)

export type RefreshTokenCodec = ReturnType<typeof createRefreshTokenCodec>

/**
 * Refresh tokens: base64url of version, key id, session id, generation, seed, and an HMAC-SHA-256 over all of these.
 * The database alone yields no token, because it has only the hash of the seed. The secret alone yields no token,
 * because it has no seed. A forgery is refused before any query.
 */
export function createRefreshTokenCodec(keyring: Keyring, random: Random) {
  const mac = (key: Buffer, body: Buffer) => createHmac('sha256', key).update(body).digest()

  return {
    newSeed: () => random(seedBytes),

    encode({ sessionId, generation, seed }: RefreshTokenParts): string {
      const body = Buffer.alloc(offsets.mac)
      body.writeUInt8(version, offsets.version)
      keyring.current.id.copy(body, offsets.keyId)
      idToBytes(sessionId).copy(body, offsets.sessionId)
      body.writeUInt32BE(generation, offsets.generation)
      seed.copy(body, offsets.seed)
      return Buffer.concat([body, mac(keyring.current.key, body)]).toString('base64url')
    },

    decode(token: string): RefreshTokenParts | null {
      if (token.length !== encodedLength) return null
      const bytes = Buffer.from(token, 'base64url')
      // Node's decoder ignores other characters. The check allows one spelling per token.
      if (bytes.length !== offsets.end || bytes.toString('base64url') !== token) return null
      if (bytes.readUInt8(offsets.version) !== version) return null
      const key = keyring.find(bytes.subarray(offsets.keyId, offsets.sessionId))?.key
      const body = bytes.subarray(0, offsets.mac)
      if (!key || !timingSafeEqual(mac(key, body), bytes.subarray(offsets.mac))) return null
      return {
        sessionId: idFromBytes(bytes.subarray(offsets.sessionId, offsets.generation)),
        generation: bytes.readUInt32BE(offsets.generation),
        seed: bytes.subarray(offsets.seed, offsets.mac),
      }
    },
  }
}

export const hashSeed = (seed: Buffer) => hash('sha256', seed, 'buffer')
