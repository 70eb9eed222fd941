import type { JWK } from 'jose'
import type { Keyring } from '../../platform/crypto/keyring.js'
import { createSealer } from '../../platform/crypto/sealer.js'
import { StartupError } from '../../platform/errors.js'

export type PrivateKeyCipher = ReturnType<typeof createPrivateKeyCipher>

/** Encrypts private signing keys for the database. */
export function createPrivateKeyCipher(keyring: Keyring) {
  const sealer = createSealer(keyring)

  return {
    encrypt: (jwk: JWK) => sealer.seal(JSON.stringify(jwk)),

    isOutdated: sealer.isOutdated,

    async decrypt(jwe: string): Promise<JWK> {
      try {
        return JSON.parse(await sealer.open(jwe)) as JWK
      } catch (cause) {
        // Silently creating a new key instead would refuse every token in use.
        throw new StartupError(
          'AUTH_SECRET cannot decrypt the signing keys in the database. Start with the ' +
            'secret that encrypted them. It may be the second in the list, after the new one.',
          { cause },
        )
      }
    },
  }
}
