import { sign, type KeyObject } from 'node:crypto'
import fc from 'fast-check'
import { encodePart, type Json } from '../app/jwt.js'

export type Algorithm = 'RS256' | 'ES256' | 'EdDSA'

/** A token, and the keys to sign others genuinely. */
export interface GenuineToken {
  readonly token: string
  readonly header: Json
  readonly claims: Json
  readonly algorithm: Algorithm
  readonly privateKey: KeyObject
  /** Seconds. */
  readonly nowSeconds: number
}

const signers: Record<Algorithm, (input: Buffer, key: KeyObject) => Buffer> = {
  RS256: (input, key) => sign('sha256', input, key),
  ES256: (input, key) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
  EdDSA: (input, key) => sign(null, input, key),
}

const signToken = ({ algorithm, privateKey }: GenuineToken, header: string, payload: string) => {
  const input = `${encodePart(header)}.${encodePart(payload)}`
  return `${input}.${signers[algorithm](Buffer.from(input), privateKey).toString('base64url')}`
}

const toJson = (value: Json) => JSON.stringify(value)

const oddValues = fc.constantFrom<unknown>(
  ...[undefined, null, true, false, 0, -1, 1.5, 1e20, '', ' ', 'x', '0', [], {}, [null]],
)
const headerNames = ['alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'x5c', 'cty', 'zip', 'enc']
const headerValues = fc.oneof(
  oddValues,
  fc.constantFrom<unknown>(
    ...['none', 'HS256', 'RS256', 'ES256', 'EdDSA', 'rs256', 'RS384', 'PS256', 'Ed25519'],
    ...['at+jwt', 'AT+JWT', 'application/at+jwt', 'application/AT+jwt', 'JWT', 'at+jwt '],
    ...[['exp'], ['b64'], ['kid'], { kty: 'oct', k: '' }, 'https://evil.example/keys'],
  ),
  fc.string({
    minLength: 43,
    maxLength: 43,
    unit: fc.constantFrom('a', 'b', 'X', 'Y', '0', '9', '-', '_'),
  }),
)
const claimNames = [
  'iss',
  'aud',
  'sub',
  'sid',
  'jti',
  'client_id',
  'exp',
  'iat',
  'nbf',
  'auth_time',
]
const otherNames = ['amr', 'roles', 'scope', 'azp', '__proto__', 'constructor']
// Seconds from now: around the skew of 5 s on both sides, and far from it.
const offsetsSeconds = fc.constantFrom(
  -1e9,
  -600,
  -6,
  -5,
  -4,
  -1,
  0,
  1,
  4,
  5,
  6,
  600,
  0.5,
  -5.5,
  1e9,
)
const separators = fc.constantFrom('', '.', '..', ' ', '\n', '=', '==', '+', '/', '%', '\0', 'é')
const alphabet = fc.constantFrom(
  ...[
    'A',
    'B',
    'C',
    'D',
    'Q',
    'R',
    'g',
    'h',
    'w',
    'x',
    'y',
    'z',
    '0',
    '8',
    '9',
    '-',
    '_',
    '+',
    '/',
    '=',
    '.',
    ' ',
  ],
)
const rawPayloads = fc.constantFrom('', 'null', '[]', '7', '"x"', '{', '{}', '{"exp":1}', '\ufffd')

const partIndex = fc.constantFrom(0, 1, 2)
const relativePosition = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const indexAt = (where: number, length: number) => Math.floor(where * length)

type MutateToken = (genuine: GenuineToken) => string

/**
 * One change in a genuine token: either in its text, which any client can make, or one that only the signer can make.
 */
export const tokenMutations: fc.Arbitrary<MutateToken> = fc.oneof(
  // Texts.
  fc.tuple(relativePosition, alphabet).map(([where, letter]): MutateToken => ({ token }) => {
    const i = indexAt(where, token.length)
    return token.slice(0, i) + letter + token.slice(i + 1)
  }),
  fc.tuple(relativePosition, separators).map(([where, inserted]): MutateToken => ({ token }) => {
    const i = indexAt(where, token.length + 1)
    return token.slice(0, i) + inserted + token.slice(i)
  }),
  relativePosition.map(
    (where): MutateToken =>
      ({ token }) =>
        token.slice(0, indexAt(where, token.length + 1)),
  ),
  fc
    .tuple(partIndex, fc.constantFrom('', '=', '==', 'A', '.', ' '))
    .map(([which, end]): MutateToken => {
      return ({ token }) =>
        token
          .split('.')
          .map((one, i) => (i === which ? one + end : one))
          .join('.')
    }),
  // The last bits of a base64url text may have no meaning.
  fc.tuple(partIndex, alphabet).map(([which, letter]): MutateToken => {
    return ({ token }) =>
      token
        .split('.')
        .map((one, i) => (i === which ? one.slice(0, -1) + letter : one))
        .join('.')
  }),
  partIndex.map(
    (which): MutateToken =>
      ({ token }) =>
        token
          .split('.')
          .filter((_, i) => i !== which)
          .join('.'),
  ),
  // Signatures.
  fc.tuple(relativePosition, fc.nat(255)).map(([where, byte]): MutateToken => ({ token }) => {
    const [head = '', body = '', signature = ''] = token.split('.')
    const bytes = Buffer.from(signature, 'base64url')
    bytes[indexAt(where, bytes.length)] = byte
    return `${head}.${body}.${bytes.toString('base64url')}`
  }),
  fc.constantFrom(0, 1, 32, 64, 128, 256, 257).map((size): MutateToken => ({ token }) => {
    return `${token.split('.').slice(0, 2).join('.')}.${Buffer.alloc(size).toString('base64url')}`
  }),
  // Parts without a new signature.
  fc
    .tuple(fc.constantFrom(...headerNames), headerValues)
    .map(([name, value]): MutateToken => (genuine) => {
      const [, ...rest] = genuine.token.split('.')
      return [encodePart({ ...genuine.header, [name]: value }), ...rest].join('.')
    }),
  fc
    .tuple(fc.constantFrom(...claimNames), oddValues)
    .map(([name, value]): MutateToken => (genuine) => {
      const [head, , signature] = genuine.token.split('.')
      return [head, encodePart({ ...genuine.claims, [name]: value }), signature].join('.')
    }),
  // Changes that only the signer can make.
  fc.tuple(fc.constantFrom(...headerNames), headerValues).map(
    ([name, value]): MutateToken =>
      (genuine) =>
        signToken(genuine, toJson({ ...genuine.header, [name]: value }), toJson(genuine.claims)),
  ),
  fc.tuple(fc.constantFrom(...claimNames, ...otherNames), oddValues).map(
    ([name, value]): MutateToken =>
      (genuine) =>
        signToken(genuine, toJson(genuine.header), toJson({ ...genuine.claims, [name]: value })),
  ),
  fc.constantFrom(...claimNames).map(
    (name): MutateToken =>
      (genuine) =>
        signToken(
          genuine,
          toJson(genuine.header),
          toJson({ ...genuine.claims, [name]: [genuine.claims[name]] }),
        ),
  ),
  fc.tuple(fc.constantFrom('exp', 'iat', 'nbf', 'auth_time'), offsetsSeconds).map(
    ([name, offset]): MutateToken =>
      (genuine) =>
        signToken(
          genuine,
          toJson(genuine.header),
          toJson({ ...genuine.claims, [name]: genuine.nowSeconds + offset }),
        ),
  ),
  fc.tuple(fc.boolean(), rawPayloads).map(
    ([isHeader, json]): MutateToken =>
      (genuine) =>
        signToken(
          genuine,
          isHeader ? json : toJson(genuine.header),
          isHeader ? toJson(genuine.claims) : json,
        ),
  ),
  // Two members of one name: the last one counts.
  fc
    .tuple(fc.constantFrom('sub', 'exp', 'alg'), fc.boolean())
    .map(([name, isLast]): MutateToken => (genuine) => {
      const isHeader = name === 'alg'
      const json = toJson(isHeader ? genuine.header : genuine.claims)
      const twice = isLast ? `${json.slice(0, -1)},"${name}":1}` : `{"${name}":1,${json.slice(1)}`
      return signToken(
        genuine,
        isHeader ? twice : toJson(genuine.header),
        isHeader ? toJson(genuine.claims) : twice,
      )
    }),
  fc.nat(6_000).map(
    (size): MutateToken =>
      (genuine) =>
        signToken(
          genuine,
          toJson(genuine.header),
          toJson({ ...genuine.claims, more: 'x'.repeat(size) }),
        ),
  ),
  fc.constant<MutateToken>((genuine) =>
    signToken(genuine, toJson(genuine.header), toJson(genuine.claims)),
  ),
)
