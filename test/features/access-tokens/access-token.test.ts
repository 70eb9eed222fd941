import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { RegisterDocument } from '@latchkey/client/operations'
import { startApp, type TestApp } from '../../support/app/app.js'
import {
  call,
  goodPassword,
  refresh,
  registerPerson,
  signIn,
  getAuthPayload,
} from '../../support/app/client.js'
import { decodeJwt } from '../../support/app/jwt.js'

const app = await startApp()
afterAll(app.close)

const id = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string

/** Verifies a token like a gateway or another service, which has only the published keys. */
async function verifyWithPublishedKeys(token: string, { url, clock }: TestApp, audience: string) {
  const response = await fetch(`${url}/.well-known/jwks.json`)
  const keys = createLocalJWKSet((await response.json()) as JSONWebKeySet)
  const { payload } = await jwtVerify(token, keys, {
    issuer: 'http://localhost:4000',
    audience,
    typ: 'at+jwt',
    algorithms: ['RS256'],
    currentDate: clock.now(),
  })
  return payload
}

describe('an access token', () => {
  it('is a JWT of RFC 9068 with these claims and no others', async () => {
    const person = await registerPerson(app)
    const now = Math.floor(app.clock.now().getTime() / 1_000)
    const { header, claims } = decodeJwt(person.accessToken)
    const key = await app.db.signingKey.findFirstOrThrow()
    expect(header).toEqual({ alg: 'RS256', kid: key.id, typ: 'at+jwt' })
    expect(claims).toEqual({
      iss: 'http://localhost:4000',
      aud: 'http://localhost:4000',
      sub: person.id,
      sid: person.sessionId,
      jti: id,
      client_id: 'latchkey',
      roles: [],
      scope: '',
      amr: ['pwd'],
      auth_time: claims['auth_time'],
      iat: claims['iat'],
      exp: Number(claims['iat']) + 600,
    })
    expect(now - Number(claims['iat'])).toBeLessThanOrEqual(2)
    expect(now - Number(claims['auth_time'])).toBeLessThanOrEqual(2)
  })

  it('can be verified with the published keys alone', async () => {
    const { accessToken, id: sub } = await registerPerson(app)
    expect(await verifyWithPublishedKeys(accessToken, app, 'http://localhost:4000')).toMatchObject({
      sub,
    })
  })

  it('is small and contains no personal data except an id', async () => {
    const email = 'very.private@example.com'
    const input = { email, password: goodPassword, username: 'secretive', name: 'Ana Discreet' }
    const { data } = await call(app, RegisterDocument, { input: { ...input, locale: 'pt-BR' } })
    const { accessToken } = getAuthPayload(data?.register)
    expect(accessToken.length).toBeLessThan(1_500)
    const { header, claims } = decodeJwt(accessToken)
    const tokenJson = JSON.stringify([header, claims])
    for (const secret of [...Object.values(input), 'private', 'Ana', 'pt-BR']) {
      expect(tokenJson).not.toContain(secret)
    }
  })

  it('is new after each refresh, with the same sign-in time', async () => {
    const person = await registerPerson(app)
    app.clock.advance('5m')
    const { accessToken, expiresIn } = getAuthPayload(await refresh(app, person.refreshToken))
    const [first, second] = [person.accessToken, accessToken].map(
      (token) => decodeJwt(token).claims,
    )
    expect(second).toEqual({ ...first, iat: second?.['iat'], exp: second?.['exp'], jti: id })
    expect(second?.['jti']).not.toBe(first?.['jti'])
    expect(Number(second?.['iat']) - Number(first?.['iat'])).toBeGreaterThanOrEqual(300)
    expect(Number(second?.['exp']) - Number(second?.['iat'])).toBe(expiresIn)
  })

  it('has its own session and sign-in time after a later sign-in', async () => {
    const person = await registerPerson(app)
    app.clock.advance('1h')
    const { accessToken } = await signIn(app, person)
    const [first, second] = [person.accessToken, accessToken].map(
      (token) => decodeJwt(token).claims,
    )
    expect(second?.['sub']).toBe(first?.['sub'])
    expect(second?.['sid']).not.toBe(first?.['sid'])
    expect(Number(second?.['auth_time']) - Number(first?.['auth_time'])).toBeGreaterThanOrEqual(
      3_600,
    )
  })

  it('expires after ACCESS_TOKEN_TTL and names JWT_AUDIENCE', async () => {
    const other = await startApp({ env: { ACCESS_TOKEN_TTL: '1m', JWT_AUDIENCE: 'urn:api' } })
    onTestFinished(other.close)
    const { accessToken, refreshToken } = await registerPerson(other)
    const { aud, exp = 0, iat = 0 } = await verifyWithPublishedKeys(accessToken, other, 'urn:api')
    expect({ aud, lifetime: exp - iat }).toEqual({ aud: 'urn:api', lifetime: 60 })
    expect(getAuthPayload(await refresh(other, refreshToken)).expiresIn).toBe(60)
  })
})
