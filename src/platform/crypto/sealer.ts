import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'
import type { Keyring } from './keyring.js'

export type Sealer = ReturnType<typeof createSealer>

/**
 * Encrypts text for the database: a JWE (RFC 7516) with a key derived from AUTH_SECRET. Its authenticated `kid`
 * identifies the secret in the list.
 */
export function createSealer(keyring: Keyring) {
  const currentId = keyring.current.id.toString('base64url')

  const findKey = (kid = '') => keyring.find(Buffer.from(kid, 'base64url'))?.key

  const seal = (text: string) =>
    new CompactEncrypt(Buffer.from(text))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: currentId })
      .encrypt(keyring.current.key)

  return {
    seal,

    /** Whether the text is encrypted with a secret that is no longer the first one. */
    isOutdated: (jwe: string) => decodeProtectedHeader(jwe).kid !== currentId,

    /** Whether the secret that encrypted the text is in the list. */
    canOpen: (jwe: string) => findKey(decodeProtectedHeader(jwe).kid) !== undefined,

    /** The header of texts that are encrypted with the first secret: their part before the first point. */
    async readCurrentHeader() {
      const [header = ''] = (await seal('')).split('.')
      return header
    },

    /** Throws when the secret is not in the list, or when the text was changed. */
    async open(jwe: string): Promise<string> {
      const { plaintext } = await compactDecrypt(
        jwe,
        ({ kid }) => {
          const key = findKey(kid)
          if (!key) throw new Error('no secret of AUTH_SECRET has this key id')
          return key
        },
        { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
      )
      return Buffer.from(plaintext).toString()
    },
  }
}
