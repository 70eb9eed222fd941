import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto'
import { createPrivateKeyCipher } from '../../../src/features/access-tokens/private-key-cipher.js'
import { createKeyring } from '../../../src/platform/crypto/keyring.js'
import type { TestApp } from './app.js'
import { testSecret } from './test-secret.js'

export type Json = Record<string, unknown>

/** Encodes one part of a token, from an object or from text that JSON.stringify would not write. */
export const encodePart = (part: Json | string) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url')

/** Header and claims of a token, unverified. */
export function decodeJwt(token: string): { header: Json; claims: Json } {
  const [header, claims] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Json)
  if (!header || !claims) throw new Error(`not a JWT: ${token}`)
  return { header, claims }
}

/** A compact JWS of any parts with that signature. */
export function assembleJwt(
  header: Json | string,
  claims: Json | string,
  signature: (input: string) => Buffer,
) {
  const input = `${encodePart(header)}.${encodePart(claims)}`
  return `${input}.${signature(input).toString('base64url')}`
}

/** RS256 with this key, even if the header names another algorithm. */
export const rs256 = (key: KeyObject) => (input: string) => sign('sha256', Buffer.from(input), key)

/** The key with which the app signs. An attacker needs the database and AUTH_SECRET to get it. */
export async function readSigningKey({ db }: TestApp) {
  const row = await db.signingKey.findFirstOrThrow({ where: { status: 'CURRENT' } })
  const keyring = createKeyring([Buffer.from(testSecret, 'base64')], 'signing keys')
  const jwk = await createPrivateKeyCipher(keyring).decrypt(row.privateJwe ?? '')
  const privateKey = createPrivateKey({ key: { ...jwk }, format: 'jwk' })
  return { id: row.id, privateKey, publicKey: createPublicKey(privateKey) }
}
