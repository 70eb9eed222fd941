import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose'
import type { CryptoKey, JWK } from 'jose'
import { after, type Clock } from '../../platform/clock.js'
import type { Keyring } from '../../platform/crypto/keyring.js'
import type { Db } from '../../platform/database/database.js'
import { createPrivateKeyCipher } from './private-key-cipher.js'
import {
  offerFirstSigningKey,
  readSigningKeys,
  type StoredSigningKey,
} from './signing-key.store.js'

// The one algorithm that every gateway verifies unconfigured, and whose verification is quick.
const algorithm = 'RS256'

// Tokens with an invented `kid` must not make every request a query (RFC 8725 §3.10).
const reloadInterval = 10_000

export type SigningKeys = Awaited<ReturnType<typeof createSigningKeys>>

/**
 * The keys that access tokens are signed and verified with. They live in the database, so that
 * replicas share them and a restart keeps every token valid.
 */
export async function createSigningKeys(needs: { db: Db; clock: Clock; keyring: Keyring }) {
  const { db, clock } = needs
  const cipher = createPrivateKeyCipher(needs.keyring)

  let stored = await readSigningKeys(db)
  if (stored.length === 0) {
    await offerFirstSigningKey(db, await generate(cipher), clock.now())
    stored = await readSigningKeys(db)
  }
  const newest = stored[0]
  if (!newest) throw new Error('there is no signing key')
  const current = {
    id: newest.id,
    algorithm: newest.algorithm,
    privateKey: await importKey(await cipher.decrypt(newest.privateJwe), newest.algorithm),
  }
  let published = await publish(stored)
  let reloadFrom = after(clock.now(), reloadInterval)

  return {
    current,

    /** The public key of that id; a key that another replica made is found within seconds. */
    async find(id: string): Promise<CryptoKey | undefined> {
      const known = published.keys.get(id)
      if (known || clock.now() < reloadFrom) return known
      reloadFrom = after(clock.now(), reloadInterval)
      published = await publish(await readSigningKeys(db))
      return published.keys.get(id)
    },

    /** RFC 7517: public parts only. */
    jwks: () => ({ keys: published.jwks }),
  }
}

async function generate(
  cipher: ReturnType<typeof createPrivateKeyCipher>,
): Promise<StoredSigningKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 })
  const publicJwk = (await exportJWK(pair.publicKey)) as Record<string, string>
  return {
    id: await calculateJwkThumbprint(publicJwk),
    algorithm,
    publicJwk,
    privateJwe: await cipher.encrypt(await exportJWK(pair.privateKey)),
  }
}

/** Apollo Router, Cosmo and Hive need `kid`, `use` and `alg` beside the key itself. */
async function publish(stored: StoredSigningKey[]) {
  const jwks = stored.map((key) => ({
    ...key.publicJwk,
    kid: key.id,
    use: 'sig',
    alg: key.algorithm,
  }))
  const imported = stored.map(
    async (key) => [key.id, await importKey(key.publicJwk, key.algorithm)] as const,
  )
  return { jwks, keys: new Map(await Promise.all(imported)) }
}

async function importKey(jwk: JWK, algorithm: string): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm)
  if (key instanceof Uint8Array) throw new Error('a signing key must be asymmetric')
  return key
}
