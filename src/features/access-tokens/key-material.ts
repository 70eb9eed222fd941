import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose'
import type { CryptoKey, JWK } from 'jose'
import type { SigningKeyStatus } from '../../generated/prisma/enums.js'
import type { PrivateKeyCipher } from './private-key-cipher.js'
import type { SigningKeyRow } from './signing-key.store.js'

/** Parameters of RFC 7518 §3 and RFC 8037 §3.1, strong enough until 2030 (ASVS 11.2.3). */
const parameters = {
  RS256: { modulusLength: 2048 },
  ES256: {},
  EdDSA: { crv: 'Ed25519' },
} as const

export type SigningAlgorithm = keyof typeof parameters
export const isSigningAlgorithm = (name: string): name is SigningAlgorithm =>
  Object.hasOwn(parameters, name)

/** Generates a key, ready to be stored. */
export async function generateSigningKey(
  algorithm: SigningAlgorithm,
  status: SigningKeyStatus,
  { cipher, now }: { cipher: PrivateKeyCipher; now: Date },
): Promise<SigningKeyRow> {
  const options = { extractable: true, ...parameters[algorithm] }
  const pair = await generateKeyPair(algorithm, options)
  const publicJwk = (await exportJWK(pair.publicKey)) as Record<string, string>
  return {
    id: await calculateJwkThumbprint(publicJwk),
    algorithm,
    status,
    publicJwk,
    privateJwe: await cipher.encrypt(await exportJWK(pair.privateKey)),
    createdAt: now,
    changedAt: now,
  }
}

export async function importKey(jwk: JWK, algorithm: string): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm)
  if (key instanceof Uint8Array) throw new Error('a signing key must be asymmetric')
  return key
}
