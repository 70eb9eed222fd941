import { createHash, hkdfSync } from 'node:crypto'

/** A key for one purpose, and the id by which protected data names it. */
interface DerivedKey {
  /** Four bytes, not secret: identifies the secret in AUTH_SECRET's list from which the key is derived. */
  readonly id: Buffer
  readonly key: Buffer
}

/** The keys of one purpose. The first secret signs and encrypts; all of them verify and decrypt. */
export interface Keyring {
  readonly current: DerivedKey
  find(id: Uint8Array): DerivedKey | undefined
}

/**
 * Derives independent 32-byte keys from the secrets by HKDF-SHA-256 (RFC 5869). A leaked key reveals nothing about
 * the others, and the secret itself is never used directly.
 */
export function createKeyring(secrets: readonly [Buffer, ...Buffer[]], purpose: string): Keyring {
  const derive = (secret: Buffer): DerivedKey => {
    const key = Buffer.from(hkdfSync('sha256', secret, 'latchkey', purpose, 32))
    return { key, id: createHash('sha256').update('key id').update(key).digest().subarray(0, 4) }
  }
  const [first, ...rest] = secrets
  const current = derive(first)
  const keys = [current, ...rest.map(derive)]
  return { current, find: (id) => keys.find((key) => key.id.equals(id)) }
}
