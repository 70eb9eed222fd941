import type { JWK } from 'jose'
import type { Keyring } from '../../platform/crypto/keyring.js'
import { createSealer } from '../../platform/crypto/sealer.js'
import { StartupError } from '../../platform/errors.js'

export type PrivateKeyCipher = ReturnType<typeof createPrivateKeyCipher>

/** Keeps private signing keys unreadable in the database. */
export function createPrivateKeyCipher(keyring: Keyring) {
  const sealer = createSealer(keyring)

  return {
    encrypt: (jwk: JWK) => sealer.seal(JSON.stringify(jwk)),

    isOutdated: sealer.isOutdated,

    async decrypt(jwe: string): Promise<JWK> {
      try {
        return JSON.parse(await sealer.open(jwe)) as JWK
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
