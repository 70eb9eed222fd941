// Even a token with a genuine signature may contain wrong claims. The same key may sign tokens for another issuer or
// audience. A library may read "9999" or 1e400 as a time, or skip a missing claim (RFC 9068 §4, RFC 8725 §3.8-3.12).
// Here every claim is required, has one type and one value, and expiry is exact to the second.
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { me, getRefusalReason, registerPerson } from '../support/app/client.js'
import { assembleJwt, decodeJwt, readSigningKey, rs256, type Json } from '../support/app/jwt.js'

const app = await startApp({ env: { CLOCK_SKEW: '5s' } })
afterAll(app.close)
const person = await registerPerson(app)
const other = await registerPerson(app)
const { header, claims } = decodeJwt(person.accessToken)
const { privateKey } = await readSigningKey(app)
const now = () => Math.floor(app.clock.now().getTime() / 1_000)

/** Signed with the service's own key. */
const forge = (changes: Json | string) =>
  assembleJwt(
    header,
    typeof changes === 'string' ? changes : { ...claims, ...changes },
    rs256(privateKey),
  )

it('accepts correct claims', async () => {
  const { data } = await me(app, forge({ jti: other.id, nbf: now() - 1, unknown: 'claim' }))
  expect(data?.me?.id).toBe(person.id)
})

/**
 * The expected reason for a value if it is not TOKEN_INVALID. Such a value is well-formed, but belongs to another
 * service or is expired.
 */
const otherReasons: Record<string, [string, unknown[]]> = {
  sub: ['SESSION_ENDED', [other.id]],
  sid: ['SESSION_ENDED', [other.sessionId, person.id]],
  exp: ['TOKEN_EXPIRED', [0, -1, -9_999_999_999]],
}

const types: unknown[] = [undefined, null, true, {}, [], '']
const texts: unknown[] = [...types, 0, 'other']
const times: unknown[] = [...types, '9999999999', [9_999_999_999], 'Infinity']
const listOf = (name: string) => [claims[name]]

describe.each<[string, unknown[]]>([
  ['iss', [...texts, listOf('iss'), 'https://evil.example', `${String(claims['iss'])}/`]],
  ['aud', [...texts, listOf('aud'), [claims['aud'], 'https://evil.example']]],
  ['sub', [...texts, listOf('sub'), other.id, person.id.toUpperCase(), ` ${person.id}`]],
  ['sid', [...texts, listOf('sid'), other.sessionId, person.id, person.sessionId.toUpperCase()]],
  ['jti', [...texts.filter((text) => text !== 'other'), listOf('jti'), 1e400]],
  ['client_id', [...texts.filter((text) => text !== 'other'), listOf('client_id')]],
  ['exp', [...times, 0, -1, -9_999_999_999, now() + 60.5]],
  ['iat', [...times, now() + 60, now() - 60.5]],
  ['nbf', [...times.filter((time) => time !== undefined), now() + 60, now() + 60.5]],
])('the claim %s', (name, values) => {
  it.each(values.map((value) => [value]))('is refused when it is %j', async (value) => {
    const [reason, values] = otherReasons[name] ?? ['', []]
    const expected = values.includes(value) ? reason : 'TOKEN_INVALID'
    expect(await getRefusalReason(app, forge({ [name]: value }))).toBe(expected)
  })
})

describe('a number beyond the numeric range', () => {
  it.each(['exp', 'iat', 'nbf'])('is not a time: %s', async (name) => {
    for (const number of ['1e400', '-1e400', '1e20']) {
      const text = JSON.stringify({ ...claims, [name]: 'HERE' }).replace('"HERE"', number)
      const token = forge(text)
      const reasons = new Set([
        await getRefusalReason(app, token),
        await getRefusalReason(app, token),
      ])
      const isPast = number.startsWith('-') && name === 'nbf'
      expect(reasons.has(undefined)).toBe(isPast) // "not before the beginning of time" holds
    }
  })
})

describe('expiry', () => {
  // Align to the start of a second, so that it does not end before the server reads the token.
  beforeEach(() => {
    app.clock.advance(`${1_000 - app.clock.now().getMilliseconds()}ms`)
  })

  it.each([
    [-6, 'TOKEN_EXPIRED'],
    [-5, 'TOKEN_EXPIRED'],
    [-4, undefined],
    [0, undefined],
    [1, undefined],
  ])('is checked with a skew of 5 s: %d s from now', async (seconds, refusal) => {
    expect(await getRefusalReason(app, forge({ exp: now() + seconds }))).toBe(refusal)
  })

  it.each([
    [4, undefined],
    [5, undefined],
    [6, 'TOKEN_INVALID'],
  ])('is not the only limit: issued %d s from now', async (seconds, refusal) => {
    expect(await getRefusalReason(app, forge({ iat: now() + seconds }))).toBe(refusal)
    expect(await getRefusalReason(app, forge({ nbf: now() + seconds }))).toBe(refusal)
  })

  it('also ends a token that was accepted before', async () => {
    const token = forge({ exp: now() + 10 })
    expect(await getRefusalReason(app, token)).toBeUndefined()
    app.clock.advance('14s')
    expect(await getRefusalReason(app, token)).toBeUndefined()
    app.clock.advance('1s')
    expect(await getRefusalReason(app, token)).toBe('TOKEN_EXPIRED')
  })
})

it('reads the last of two members of one name and ignores the first', async () => {
  const claimsJson = JSON.stringify(claims)
  const both = `{"sub":"${other.id}","sid":"${other.sessionId}","exp":1,${claimsJson.slice(1)}`
  expect((await me(app, forge(both))).data?.me?.id).toBe(person.id)
  const dead = `${claimsJson.slice(0, -1)},"exp":1}`
  expect(await getRefusalReason(app, forge(dead))).toBe('TOKEN_EXPIRED')
})

it.each(['null', '[]', '"text"', '7', '', '{', '{}'])('is not a claims set: %s', async (text) => {
  expect(await getRefusalReason(app, forge(text))).toBe('TOKEN_INVALID')
})
