import { KeyObject, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { CompactSign, compactVerify, decodeProtectedHeader, errors, type CryptoKey } from 'jose'
import { isCanonicalBase64url } from '../../platform/crypto/base64url.js'
import type { SigningAlgorithm } from './key-material.js'

/** A key of ours, as both ways want it. */
export interface JwsKey {
  readonly id: string
  readonly algorithm: SigningAlgorithm
  readonly key: CryptoKey
  readonly native: KeyObject
}

export const jwsKey = (id: string, algorithm: SigningAlgorithm, key: CryptoKey): JwsKey => ({
  id,
  algorithm,
  key,
  native: KeyObject.from(key),
})

/** Signs and checks compact JWS (RFC 7515 §7.1) with `kid`, `alg` and `typ`; the claims are not its business. */
export interface Jws {
  readonly sign: (claims: object, typ: string, key: JwsKey) => Promise<string>
  /** The payload of a token that such a key signed; null for every other. */
  readonly open: (token: string, typ: string, findKey: FindKey) => Promise<Opened | null>
}

type FindKey = (id: string) => Promise<JwsKey | undefined>

interface Opened {
  readonly keyId: string
  readonly payload: unknown
}

/** `jose`: by WebCrypto; `native`: by node:crypto. */
export type JwsEngine = 'native' | 'jose'

export const createJws = (engine: JwsEngine): Jws => (engine === 'jose' ? byJose : native)

const algorithms = {
  RS256: { digest: 'sha256' },
  ES256: { digest: 'sha256', dsaEncoding: 'ieee-p1363' }, // RFC 7518 §3.4: R and S, not DER
  EdDSA: { digest: null },
} as const

const signOnThread = promisify(sign)
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * What it bought: WebCrypto makes a job of another thread of each signature, which costs more than most signatures: a
 * check 30 µs in place of 90 (RS256), a new token 35 µs in place of 130 (EdDSA). Only signing with RSA is worth one.
 */
const native: Jws = {
  async sign(claims, typ, { id, algorithm, native: key }) {
    const input = `${encode({ alg: algorithm, kid: id, typ })}.${encode(claims)}`
    const { digest, ...options } = algorithms[algorithm]
    const bytes = Buffer.from(input)
    const signature =
      algorithm === 'RS256'
        ? await signOnThread(digest, bytes, key)
        : sign(digest, bytes, { key, ...options })
    return `${input}.${signature.toString('base64url')}`
  },

  async open(token, typ, findKey) {
    const [head = '', body = '', signature = '', ...rest] = token.split('.')
    const header = decode(head) as Partial<Record<string, unknown>> | null
    if (!header || rest.length > 0 || !isAsWeWriteIt(header)) return null
    const { alg, kid } = header
    const known =
      typeof kid === 'string' && isOfType(header['typ'], typ) ? await findKey(kid) : undefined
    if (!known || known.algorithm !== alg) return null
    if (!isCanonicalBase64url(signature)) return null
    const bytes = Buffer.from(signature, 'base64url')
    const { digest, ...options } = algorithms[known.algorithm]
    const input = Buffer.from(`${head}.${body}`)
    if (!verify(digest, input, { key: known.native, ...options }, bytes)) return null
    return { keyId: known.id, payload: decode(body) }
  },
}

const byJose: Jws = {
  sign: (claims, typ, { id, algorithm, key }) =>
    new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: algorithm, kid: id, typ })
      .sign(key),

  async open(token, typ, findKey) {
    try {
      const header = decodeProtectedHeader(token)
      if (!isAsWeWriteIt(header)) return null
      const { kid = '', alg, typ: type } = header
      const known = isOfType(type, typ) ? await findKey(kid) : undefined
      const signature = token.slice(token.lastIndexOf('.') + 1)
      if (!known || known.algorithm !== alg || !isCanonicalBase64url(signature)) return null
      const { payload } = await compactVerify(token, known.key, { algorithms: [known.algorithm] })
      return { keyId: known.id, payload: parse(Buffer.from(payload)) }
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) return null
      throw error
    }
  },
}

/** `crit`, `b64`, `jwk`, `jku` and `x5u` select nothing (RFC 8725 §3.1, §3.10). */
const isAsWeWriteIt = (header: object) => Object.keys(header).sort().join() === 'alg,kid,typ'

/** A media type, in any case, with or without `application/` (RFC 7515 §4.1.9). */
const isOfType = (given: unknown, typ: string) =>
  typeof given === 'string' && given.toLowerCase().replace(/^application\//, '') === typ

const decode = (part: string) => parse(Buffer.from(part, 'base64url'))

/** Null for what is no JSON object. */
function parse(bytes: Buffer): object | null {
  try {
    const value: unknown = JSON.parse(bytes.toString())
    return typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}
