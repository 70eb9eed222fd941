// The sender writes the header of a token, which names its algorithm. Attackers use `none`, which needs no signature,
// or HS256 with the published public key as the shared secret (CVE-2015-9235, CVE-2016-10555; RFC 8725 §3.1). Latchkey
// verifies only with its own signing algorithm, regardless of the header.
import { constants, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { me, getRefusalReason, registerPerson } from '../support/app/client.js'
import { assembleJwt, decodeJwt, readSigningKey, rs256 } from '../support/app/jwt.js'

const app = await startApp()
afterAll(app.close)
const person = await registerPerson(app)
const { header, claims } = decodeJwt(person.accessToken)
const { privateKey, publicKey } = await readSigningKey(app)

it('accepts the same claims with a correct signature', async () => {
  const { data } = await me(app, assembleJwt(header, claims, rs256(privateKey)))
  expect(data?.me?.id).toBe(person.id)
})

describe('a missing signature', () => {
  const noneAlgorithms = ['none', 'None', 'NONE', 'nOnE', 'NonE', ' none', 'none\0', '']

  it.each(noneAlgorithms)('is refused for alg %j', async (alg) => {
    const unsigned = assembleJwt({ ...header, alg }, claims, () => Buffer.alloc(0))
    const signature = person.accessToken.split('.')[2] ?? ''
    expect(await getRefusalReason(app, unsigned)).toBe('TOKEN_INVALID')
    expect(await getRefusalReason(app, unsigned.slice(0, -1))).toBe('TOKEN_INVALID')
    expect(await getRefusalReason(app, unsigned + signature)).toBe('TOKEN_INVALID')
  })

  it('is refused for the right algorithm too', async () => {
    const unsigned = assembleJwt(header, claims, () => Buffer.alloc(0))
    expect(await getRefusalReason(app, unsigned)).toBe('TOKEN_INVALID')
  })

  it('is refused when it is the signature of another token', async () => {
    const [head, , signature] = person.accessToken.split('.')
    const other = await registerPerson(app)
    const body = other.accessToken.split('.')[1] ?? ''
    expect(await getRefusalReason(app, [head, body, signature].join('.'))).toBe('TOKEN_INVALID')
  })
})

describe('the public key as a shared secret', async () => {
  const jwks = await (await fetch(`${app.url}/.well-known/jwks.json`)).text()
  const jwk = (JSON.parse(jwks) as { keys: { n: string }[] }).keys[0]
  const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string
  const keys: Record<string, string | Buffer> = {
    'SPKI in PEM': pem,
    'SPKI in PEM, trimmed': pem.trim(),
    'SPKI in PEM with CRLF': pem.replaceAll('\n', '\r\n'),
    'SPKI in DER': publicKey.export({ type: 'spki', format: 'der' }),
    'PKCS #1 in PEM': publicKey.export({ type: 'pkcs1', format: 'pem' }),
    'PKCS #1 in DER': publicKey.export({ type: 'pkcs1', format: 'der' }),
    'the body of the JWKS': jwks,
    'the JWK as published': JSON.stringify(jwk),
    'the bare JWK': JSON.stringify(publicKey.export({ format: 'jwk' })),
    'the modulus as text': jwk?.n ?? '',
    'the modulus': Buffer.from(jwk?.n ?? '', 'base64url'),
    'the key id': String(header['kid']),
    'an empty key': '',
  }

  it.each(Object.keys(keys))('is no HMAC key: %s', async (name) => {
    for (const bits of [256, 384, 512]) {
      const hmac = (input: string) =>
        createHmac(`sha${bits}`, keys[name] ?? '')
          .update(input)
          .digest()
      const forged = assembleJwt({ ...header, alg: `HS${bits}` }, claims, hmac)
      expect(await getRefusalReason(app, forged)).toBe('TOKEN_INVALID')
    }
  })
})

describe('another algorithm', () => {
  const pssOptions = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const edKey = generateKeyPairSync('ed25519').privateKey
  const signWith = (digest: string | null, key: KeyObject, options: object) => (input: string) =>
    sign(digest, Buffer.from(input), { key, ...options })

  it.each([
    ['RS384', signWith('sha384', privateKey, {})],
    ['RS512', signWith('sha512', privateKey, {})],
    ['PS256', signWith('sha256', privateKey, pssOptions)],
    ['ES256', signWith('sha256', ecKey, { dsaEncoding: 'ieee-p1363' })],
    ['EdDSA', signWith(null, edKey, {})],
    ['RS1', signWith('sha1', privateKey, {})],
  ])('is refused even with our own key: %s', async (alg, signature) => {
    expect(await getRefusalReason(app, assembleJwt({ ...header, alg }, claims, signature))).toBe(
      'TOKEN_INVALID',
    )
  })

  const oddAlgorithms = [
    'rs256',
    ' RS256',
    'RS256\0',
    null,
    0,
    true,
    ['RS256'],
    { RS256: 1 },
    undefined,
  ]

  it.each(oddAlgorithms.map((alg) => [alg]))('is refused for an unusual name: %j', async (alg) => {
    const forged = assembleJwt({ ...header, alg }, claims, rs256(privateKey))
    expect(await getRefusalReason(app, forged)).toBe('TOKEN_INVALID')
  })
})
