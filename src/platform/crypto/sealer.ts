import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'
import type { Keyring } from './keyring.js'

export type Sealer = ReturnType<typeof createSealer>

/**
 * Keeps text unreadable in the database: a JWE (RFC 7516) whose key is derived from AUTH_SECRET. Its `kid` says which
 * secret of the list; it is authenticated with the rest.
 */
export function createSealer(keyring: Keyring) {
  const currentId = keyring.current.id.toString('base64url')

  return {
    seal: (text: string) =>
      new CompactEncrypt(Buffer.from(text))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: currentId })
        .encrypt(keyring.current.key),

    /** Whether it is encrypted under a secret that no longer stands first. */
    isOutdated: (jwe: string) => decodeProtectedHeader(jwe).kid !== currentId,

    /** Throws when it was sealed with a secret that is not in the list, or changed since. */
    async open(jwe: string): Promise<string> {
      const { plaintext } = await compactDecrypt(
        jwe,
        ({ kid }) => {
          const key = keyring.find(Buffer.from(kid ?? '', 'base64url'))?.key
          if (!key) throw new Error('no secret of AUTH_SECRET has this key id')
          return key
        },
        { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
      )
      return Buffer.from(plaintext).toString()
    },
  }
}
