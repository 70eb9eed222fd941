import { KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { compactVerify, decodeProtectedHeader, errors, type CryptoKey } from 'jose'
import { isCanonicalBase64url } from '../../platform/crypto/base64url.js'
import type { SigningAlgorithm } from './key-material.js'

/** A key of ours: as jose wants it, and as node:crypto does. */
export interface JwsKey {
  readonly id: string
  readonly algorithm: SigningAlgorithm
  readonly key: CryptoKey
  readonly keyObject: KeyObject
}

export const createJwsKey = (id: string, algorithm: SigningAlgorithm, key: CryptoKey): JwsKey => ({
  id,
  algorithm,
  key,
  keyObject: KeyObject.from(key),
})

const algorithms = {
  RS256: { digest: 'sha256' },
  ES256: { digest: 'sha256', dsaEncoding: 'ieee-p1363' }, // RFC 7518 §3.4: R and S, not DER
  EdDSA: { digest: null },
} as const

const signAsync = promisify(sign)
const encodeJson = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * A compact JWS (RFC 7515 §7.1) with `kid`, `alg` and `typ`. By node:crypto: nothing here comes from a client, and WebCrypto
 * makes a job of another thread of each signature (130 µs in place of 35 for EdDSA). Only signing with RSA is worth one.
 */
export async function signJws(claims: object, typ: string, key: JwsKey): Promise<string> {
  const { id, algorithm, keyObject } = key
  const input = `${encodeJson({ alg: algorithm, kid: id, typ })}.${encodeJson(claims)}`
  const { digest, ...options } = algorithms[algorithm]
  const bytes = Buffer.from(input)
  const signature =
    algorithm === 'RS256'
      ? await signAsync(digest, bytes, keyObject)
      : sign(digest, bytes, { key: keyObject, ...options })
  return `${input}.${signature.toString('base64url')}`
}

interface VerifiedJws {
  readonly keyId: string
  readonly payload: object | null
}

/** The payload of a token that such a key signed; null for every other. By jose: a token may come from an attacker. */
export async function verifyJws(
  token: string,
  typ: string,
  findKey: (id: string) => Promise<JwsKey | undefined>,
): Promise<VerifiedJws | null> {
  const { kid, alg, typ: type } = (await parseHeader(token)) ?? {}
  const foundKey = typeof kid === 'string' && isOfType(type, typ) ? await findKey(kid) : undefined
  const signature = token.slice(token.lastIndexOf('.') + 1)
  if (!foundKey || foundKey.algorithm !== alg || !isCanonicalBase64url(signature)) return null
  const verified = await nullIfInvalid(() =>
    compactVerify(token, foundKey.key, { algorithms: [foundKey.algorithm] }),
  )
  return verified && { keyId: foundKey.id, payload: parseJsonObject(verified.payload) }
}

/** Null for a header that we did not write: `crit`, `b64`, `jwk`, `jku` and `x5u` select nothing (RFC 8725 §3.1, §3.10). */
async function parseHeader(token: string) {
  const header = await nullIfInvalid(() => decodeProtectedHeader(token))
  return header && Object.keys(header).sort().join() === 'alg,kid,typ' ? header : null
}

/** What jose throws for a bad token. */
async function nullIfInvalid<T>(read: () => T | Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null
    throw error
  }
}

/** A media type, in any case, with or without `application/` (RFC 7515 §4.1.9). */
const isOfType = (given: unknown, typ: string) =>
  typeof given === 'string' && given.toLowerCase().replace(/^application\//, '') === typ

/** Null for what is no JSON object. */
function parseJsonObject(bytes: Uint8Array): object | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString())
    return typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}
