// An attacker uses a token for another purpose than its own. An ID token or a refresh token serves as an access token
// (RFC 8725 §3.11-3.12, RFC 9068 §4). The decryption of an encrypted token costs the server minutes (CVE-2022-36083,
// CVE-2024-28176). A header changes how the rest is read (RFC 7515 §4.1.11). Only a signed at+jwt without extensions is
// an access token. Everything else is refused at once and never breaks the request.
import { deflateRawSync } from 'node:zlib'
import { CompactEncrypt } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import {
  getAuthError,
  logout,
  me,
  refresh,
  getRefusalReason,
  registerPerson,
} from '../support/app/client.js'
import {
  assembleJwt,
  decodeJwt,
  encodePart,
  readSigningKey,
  rs256,
  type Json,
} from '../support/app/jwt.js'

const app = await startApp()
afterAll(app.close)
const person = await registerPerson(app)
const { header, claims } = decodeJwt(person.accessToken)
const { privateKey, publicKey } = await readSigningKey(app)
const forge = (changes: Json) => assembleJwt({ ...header, ...changes }, claims, rs256(privateKey))

describe('the type of a token', () => {
  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt'])('is an access token: %s', async (typ) => {
    expect((await me(app, forge({ typ }))).data?.me?.id).toBe(person.id)
  })

  const others = ['JWT', 'jwt', 'rt+jwt', 'logout+jwt', 'dpop+jwt', 'id+jwt', 'at', 'at+jwt ', '']

  it.each([...others, undefined, null, 0, true, ['at+jwt'], {}].map((typ) => [typ]))(
    'is not an access token: %j',
    async (typ) => {
      expect(await getRefusalReason(app, forge({ typ }))).toBe('TOKEN_INVALID')
    },
  )
})

it('accepts neither token in place of the other', async () => {
  expect(await getRefusalReason(app, person.refreshToken)).toBe('TOKEN_INVALID')
  expect(getAuthError(await refresh(app, person.accessToken)).code).toBe('INVALID_REFRESH_TOKEN')
  expect(await logout(app, person.accessToken)).toEqual({ sessionId: null })
  expect(await getRefusalReason(app, person.accessToken)).toBeUndefined()
})

it.each<Json>([
  { crit: ['exp'] },
  { crit: ['unknown'], unknown: 1 },
  { crit: [] },
  { crit: 'b64', b64: false },
  { crit: ['b64'], b64: false },
  { crit: ['b64'] },
  { crit: null },
])('refuses a header that changes how the rest is read: %j', async (extension) => {
  expect(await getRefusalReason(app, forge(extension))).toBe('TOKEN_INVALID')
})

it('refuses a payload that was signed without encoding it', async () => {
  const head = encodePart({ ...header, b64: false, crit: ['b64'] })
  const payload = JSON.stringify(claims)
  const signature = rs256(privateKey)(`${head}.${payload}`).toString('base64url')
  expect(await getRefusalReason(app, `${head}.${payload}.${signature}`)).toBe('TOKEN_INVALID')
  expect(await getRefusalReason(app, `${head}..${signature}`)).toBe('TOKEN_INVALID')
})

describe('an encrypted token', async () => {
  const jwe = (head: Json, ...parts: string[]) => [encodePart(head), ...parts].join('.')
  const nested = await new CompactEncrypt(Buffer.from(person.accessToken))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT', typ: 'at+jwt' })
    .encrypt(publicKey)
  const kid = header['kid']
  const bomb = deflateRawSync(Buffer.alloc(2_000_000)).toString('base64url')
  const pbes2 = {
    alg: 'PBES2-HS256+A128KW',
    enc: 'A128CBC-HS256',
    p2s: encodePart('salt'),
    typ: 'at+jwt',
  }
  const key = encodePart('k'.repeat(40))
  const iv = encodePart('i'.repeat(16))

  it.each([
    ['to our public key', nested],
    ['with a bomb', jwe({ alg: 'dir', enc: 'A256GCM', zip: 'DEF', kid }, '', iv, bomb, iv)],
    ['whose key takes an hour', jwe({ ...pbes2, kid, p2c: 2 ** 31 - 1 }, key, iv, bomb, iv)],
    ['whose key takes forever', jwe({ ...pbes2, p2c: 1e300 }, key, iv, bomb, iv)],
  ])('is refused at once: %s', async (_, token) => {
    expect(token.length).toBeLessThan(4_096)
    const start = performance.now()
    expect(await getRefusalReason(app, token)).toBe('TOKEN_INVALID')
    expect(performance.now() - start).toBeLessThan(500)
  })
})

describe('text that is not a token', () => {
  const [head = '', body = '', signature = ''] = person.accessToken.split('.')

  it.each(
    [
      ...['.', '..', '...', '....', 'x', 'a.b', 'a.b.c', 'null', '{}', head, `${head}.${body}`],
      ...[
        `${head}.${body}.`,
        `.${body}.${signature}`,
        `${head}..${signature}`,
        `${head}.${body}.!`,
      ],
      ...[`${encodePart('null')}.${body}.${signature}`, `${encodePart('[]')}.${body}.${signature}`],
      ...[
        `${encodePart('{"alg":')}.${body}.${signature}`,
        `${encodePart('"RS256"')}.${body}.${signature}`,
      ],
      ...[`${person.accessToken}.`, `${person.accessToken}.${signature}`, 'x'.repeat(12_000)],
      ...[
        `${head}.${body}.${signature.slice(0, -4)}`,
        `${head}.${body}.${signature}AAAA`,
        'é',
        '\xff',
      ],
      `${Buffer.from([0xff, 0xfe]).toString('base64url')}.${body}.${signature}`,
      `${encodePart('['.repeat(2_900))}.${body}.x`,
    ].map((token) => [token]),
  )('is refused like any invalid token: %s', async (token) => {
    const { status, errors } = await me(app, token)
    expect(status).toBe(200)
    expect(errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' } },
    ])
  })
})
