import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'
import type { JWK } from 'jose'
import type { Keyring } from '../../platform/crypto/keyring.js'
import { StartupError } from '../../platform/errors.js'

export type PrivateKeyCipher = ReturnType<typeof createPrivateKeyCipher>

/**
 * Keeps private signing keys unreadable in the database: a JWE (RFC 7516) whose key is derived from
 * AUTH_SECRET. Its `kid` says which secret of the list; it is authenticated with the rest.
 */
export function createPrivateKeyCipher(keyring: Keyring) {
  const currentId = keyring.current.id.toString('base64url')

  return {
    encrypt: (jwk: JWK) =>
      new CompactEncrypt(Buffer.from(JSON.stringify(jwk)))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: currentId })
        .encrypt(keyring.current.key),

    /** Whether it is encrypted under a secret that no longer stands first. */
    isOutdated: (jwe: string) => decodeProtectedHeader(jwe).kid !== currentId,

    async decrypt(jwe: string): Promise<JWK> {
      try {
        const { plaintext } = await compactDecrypt(
          jwe,
          ({ kid }) => {
            const key = keyring.find(Buffer.from(kid ?? '', 'base64url'))?.key
            if (!key) throw new Error('no secret of AUTH_SECRET has this key id')
            return key
          },
          { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
        )
        return JSON.parse(Buffer.from(plaintext).toString()) as JWK
      } catch (cause) {
        // Going on with a new key would refuse every token that is out there, silently.
        throw new StartupError(
          'The signing keys in the database cannot be decrypted with AUTH_SECRET. Start with the ' +
            'secret they were made with (it may stand second in the list, after the new one).',
          { cause },
        )
      }
    },
  }
}
