import { sign, type KeyObject } from 'node:crypto'
import fc from 'fast-check'
import { encode, type Json } from '../app/jwt.js'

export type Algorithm = 'RS256' | 'ES256' | 'EdDSA'

/** A token, and what it takes to sign others as genuinely. */
export interface Genuine {
  readonly token: string
  readonly header: Json
  readonly claims: Json
  readonly algorithm: Algorithm
  readonly privateKey: KeyObject
  /** Seconds. */
  readonly now: number
}

const signers: Record<Algorithm, (input: Buffer, key: KeyObject) => Buffer> = {
  RS256: (input, key) => sign('sha256', input, key),
  ES256: (input, key) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
  EdDSA: (input, key) => sign(null, input, key),
}

const assemble = ({ algorithm, privateKey }: Genuine, header: string, payload: string) => {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${signers[algorithm](Buffer.from(input), privateKey).toString('base64url')}`
}

const text = (value: Json) => JSON.stringify(value)

const odd = fc.constantFrom<unknown>(
  ...[undefined, null, true, false, 0, -1, 1.5, 1e20, '', ' ', 'x', '0', [], {}, [null]],
)
const headerNames = ['alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'x5c', 'cty', 'zip', 'enc']
const headerValues = fc.oneof(
  odd,
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
const offsets = fc.constantFrom(-1e9, -600, -6, -5, -4, -1, 0, 1, 4, 5, 6, 600, 0.5, -5.5, 1e9)
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
const raw = fc.constantFrom('', 'null', '[]', '7', '"x"', '{', '{}', '{"exp":1}', '\ufffd')

const part = fc.constantFrom(0, 1, 2)
const at = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const index = (where: number, length: number) => Math.floor(where * length)

type Mutate = (genuine: Genuine) => string

/** One thing changed in a genuine token: what anybody can do to its text, and what only its signer could. */
export const mutations: fc.Arbitrary<Mutate> = fc.oneof(
  // Texts.
  fc.tuple(at, alphabet).map(([where, letter]): Mutate => ({ token }) => {
    const i = index(where, token.length)
    return token.slice(0, i) + letter + token.slice(i + 1)
  }),
  fc.tuple(at, separators).map(([where, inserted]): Mutate => ({ token }) => {
    const i = index(where, token.length + 1)
    return token.slice(0, i) + inserted + token.slice(i)
  }),
  at.map(
    (where): Mutate =>
      ({ token }) =>
        token.slice(0, index(where, token.length + 1)),
  ),
  fc.tuple(part, fc.constantFrom('', '=', '==', 'A', '.', ' ')).map(([which, end]): Mutate => {
    return ({ token }) =>
      token
        .split('.')
        .map((one, i) => (i === which ? one + end : one))
        .join('.')
  }),
  // The last bits of a base64url text may stand for nothing.
  fc.tuple(part, alphabet).map(([which, letter]): Mutate => {
    return ({ token }) =>
      token
        .split('.')
        .map((one, i) => (i === which ? one.slice(0, -1) + letter : one))
        .join('.')
  }),
  part.map(
    (which): Mutate =>
      ({ token }) =>
        token
          .split('.')
          .filter((_, i) => i !== which)
          .join('.'),
  ),
  // Signatures.
  fc.tuple(at, fc.nat(255)).map(([where, byte]): Mutate => ({ token }) => {
    const [head = '', body = '', signature = ''] = token.split('.')
    const bytes = Buffer.from(signature, 'base64url')
    bytes[index(where, bytes.length)] = byte
    return `${head}.${body}.${bytes.toString('base64url')}`
  }),
  fc.constantFrom(0, 1, 32, 64, 128, 256, 257).map((size): Mutate => ({ token }) => {
    return `${token.split('.').slice(0, 2).join('.')}.${Buffer.alloc(size).toString('base64url')}`
  }),
  // Parts without a new signature.
  fc
    .tuple(fc.constantFrom(...headerNames), headerValues)
    .map(([name, value]): Mutate => (genuine) => {
      const [, ...rest] = genuine.token.split('.')
      return [encode({ ...genuine.header, [name]: value }), ...rest].join('.')
    }),
  fc.tuple(fc.constantFrom(...claimNames), odd).map(([name, value]): Mutate => (genuine) => {
    const [head, , signature] = genuine.token.split('.')
    return [head, encode({ ...genuine.claims, [name]: value }), signature].join('.')
  }),
  // What the signer alone can make.
  fc.tuple(fc.constantFrom(...headerNames), headerValues).map(
    ([name, value]): Mutate =>
      (genuine) =>
        assemble(genuine, text({ ...genuine.header, [name]: value }), text(genuine.claims)),
  ),
  fc.tuple(fc.constantFrom(...claimNames, ...otherNames), odd).map(
    ([name, value]): Mutate =>
      (genuine) =>
        assemble(genuine, text(genuine.header), text({ ...genuine.claims, [name]: value })),
  ),
  fc.constantFrom(...claimNames).map(
    (name): Mutate =>
      (genuine) =>
        assemble(
          genuine,
          text(genuine.header),
          text({ ...genuine.claims, [name]: [genuine.claims[name]] }),
        ),
  ),
  fc.tuple(fc.constantFrom('exp', 'iat', 'nbf', 'auth_time'), offsets).map(
    ([name, offset]): Mutate =>
      (genuine) =>
        assemble(
          genuine,
          text(genuine.header),
          text({ ...genuine.claims, [name]: genuine.now + offset }),
        ),
  ),
  fc.tuple(fc.boolean(), raw).map(
    ([isHeader, json]): Mutate =>
      (genuine) =>
        assemble(
          genuine,
          isHeader ? json : text(genuine.header),
          isHeader ? text(genuine.claims) : json,
        ),
  ),
  // Two members of one name: the last one counts.
  fc
    .tuple(fc.constantFrom('sub', 'exp', 'alg'), fc.boolean())
    .map(([name, isLast]): Mutate => (genuine) => {
      const isHeader = name === 'alg'
      const json = text(isHeader ? genuine.header : genuine.claims)
      const twice = isLast ? `${json.slice(0, -1)},"${name}":1}` : `{"${name}":1,${json.slice(1)}`
      return assemble(
        genuine,
        isHeader ? twice : text(genuine.header),
        isHeader ? text(genuine.claims) : twice,
      )
    }),
  fc.nat(6_000).map(
    (size): Mutate =>
      (genuine) =>
        assemble(
          genuine,
          text(genuine.header),
          text({ ...genuine.claims, more: 'x'.repeat(size) }),
        ),
  ),
  fc.constant<Mutate>((genuine) => assemble(genuine, text(genuine.header), text(genuine.claims))),
)
