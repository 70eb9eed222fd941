import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createVerifier, KeysUnavailable } from '@latchkey/verify'
import { startApp, type TestApp } from '../support/app/app.js'
import { registerPerson, signIn, type Person } from '../support/app/client.js'

const issuer = 'http://localhost:4000' // as startApp sets it; the server listens at another address
let app: TestApp
let person: Person
beforeAll(async () => {
  app = await startApp()
  person = await registerPerson(app)
})
afterAll(() => app.close())

const createTestVerifier = (
  { url, clock }: TestApp,
  changes: { issuer?: string; audience?: string } = {},
) => createVerifier({ issuer, jwksUrl: `${url}/.well-known/jwks.json`, clock, ...changes })

describe('an access token', () => {
  it('identifies the caller', async () => {
    const verification = await createTestVerifier(app).verify(`Bearer ${person.accessToken}`)
    expect(verification).toMatchObject({
      kind: 'valid',
      caller: { userId: person.id, sessionId: person.sessionId, roles: [], scopes: [] },
    })
  })

  it.each([null, undefined, '', 'Bearer', 'Basic dTpw'])('is missing in %j', async (header) => {
    expect(await createTestVerifier(app).verify(header)).toEqual({ kind: 'missing' })
  })

  it('is valid if the configured issuer ends with a slash', async () => {
    const verifier = createTestVerifier(app, { issuer: `${issuer}/` })
    expect((await verifier.verify(`Bearer ${person.accessToken}`)).kind).toBe('valid')
  })

  it('expires in time, even if it was verified before', async () => {
    const later = await startApp()
    const { accessToken } = await registerPerson(later)
    const verifier = createTestVerifier(later)
    expect((await verifier.verify(`bearer ${accessToken}`)).kind).toBe('valid')
    later.clock.advance('11m')
    expect(await verifier.verify(`bearer ${accessToken}`)).toEqual({ kind: 'expired' })
    await later.close()
  })

  it.each([
    ['of another issuer', { issuer: 'https://other.example' }],
    ['for another audience', { audience: 'https://other.example' }],
  ])('%s is invalid', async (_, changes) => {
    const verifier = createTestVerifier(app, { audience: issuer, ...changes })
    expect(await verifier.verify(`Bearer ${person.accessToken}`)).toMatchObject({ kind: 'invalid' })
  })

  it('that was changed at any position is invalid', async () => {
    const verifier = createTestVerifier(app)
    const { accessToken } = person
    await verifier.verify(`Bearer ${accessToken}`) // memoized, yet no other token is taken for it
    const [header = '', payload = '', signature = ''] = accessToken.split('.')
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
    const forged = Buffer.from(payload, 'base64url').toString().replace(person.id, person.sessionId)
    const changed = [
      `${header}.${Buffer.from(forged).toString('base64url')}.${signature}`,
      `${none}.${payload}.`,
      `${header}.${payload}.${signature.slice(0, -6)}AAAAAA`,
      `${header}.${payload}`,
      'garbage',
      person.refreshToken,
    ]
    for (const token of changed) {
      expect(await verifier.verify(`Bearer ${token}`), token).toMatchObject({ kind: 'invalid' })
    }
  })

  it('of another service is invalid', async () => {
    const other = await startApp({ ownKeys: true })
    const foreignPerson = await registerPerson(other)
    expect(await createTestVerifier(app).verify(`Bearer ${foreignPerson.accessToken}`)).toEqual({
      kind: 'invalid',
      cause: 'no applicable key found in the JSON Web Key Set',
    })
    await other.close()
  })

  it.each([{ sub: null }, { sub: 7 }, { sub: '' }, { sid: {} }, { sid: null }, { sid: '' }])(
    'with the claim %j is invalid, even with a correct signature',
    async (claims) => {
      const { publicKey, privateKey } = await generateKeyPair('RS256')
      const keys = {
        keys: [{ ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }],
      }
      const server = createServer((_request, response) => response.end(JSON.stringify(keys)))
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      onTestFinished(() => void server.close())
      const { port } = server.address() as AddressInfo
      const { verify } = createVerifier({ issuer, jwksUrl: `http://127.0.0.1:${port}/` })
      const tokenWith = (tokenClaims: object) =>
        new SignJWT({ sub: 'ada', sid: 'session', ...tokenClaims })
          .setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'at+jwt' })
          .setIssuer(issuer)
          .setAudience(issuer)
          .setIssuedAt()
          .setExpirationTime('1m')
          .sign(privateKey)
      expect((await verify(`Bearer ${await tokenWith({})}`)).kind).toBe('valid')
      expect((await verify(`Bearer ${await tokenWith(claims)}`)).kind).toBe('invalid')
    },
  )

  it('signed with the next key is valid at once, because that key was published before', async () => {
    const rotating = await startApp({ ownKeys: true })
    const verifier = createTestVerifier(rotating)
    const before = await registerPerson(rotating)
    expect((await verifier.verify(`Bearer ${before.accessToken}`)).kind).toBe('valid')
    const { keyRotation, keys } = rotating.app.services
    await keyRotation.rotate({ force: true })
    await keys.load()
    const after = await registerPerson(rotating)
    expect((await verifier.verify(`Bearer ${after.accessToken}`)).kind).toBe('valid')
    await rotating.close()
  })
})

describe('the keys', () => {
  /** A proxy between the verifier and Latchkey, which counts requests and can be down. */
  async function startProxy() {
    const state = { requests: 0, isAway: false }
    const server: Server = createServer((_request, response) => {
      state.requests += 1
      if (state.isAway) response.writeHead(502).end('<html>bad gateway')
      else {
        void fetch(`${app.url}/.well-known/jwks.json`)
          .then((answer) => answer.text())
          .then((text) => response.writeHead(200, { 'content-type': 'application/json' }).end(text))
      }
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return { state, jwksUrl: `http://127.0.0.1:${port}`, close: () => server.close() }
  }

  it('are fetched once for any number of tokens, and once per second for any number of forged key ids', async () => {
    const proxy = await startProxy()
    const verifier = createVerifier({ issuer, jwksUrl: proxy.jwksUrl, clock: app.clock })
    await Promise.all(
      Array.from({ length: 50 }, () => verifier.verify(`Bearer ${person.accessToken}`)),
    )
    const [, ...rest] = person.accessToken.split('.')
    expect(proxy.state.requests).toBe(1)
    const forged = Array.from({ length: 50 }, (_, i) => {
      const header = { alg: 'RS256', typ: 'at+jwt', kid: `forged ${i}` }
      return [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.')
    })
    const verdicts = await Promise.all(forged.map((token) => verifier.verify(`Bearer ${token}`)))
    expect(new Set(verdicts.map(({ kind }) => kind))).toEqual(new Set(['invalid']))
    expect(proxy.state.requests).toBe(2)
    // The next tokens wait until a second has passed, and share a fetch again.
    const start = performance.now()
    await Promise.all(forged.map((token) => verifier.verify(`Bearer ${token}`)))
    expect(performance.now() - start).toBeGreaterThan(500)
    expect(proxy.state.requests).toBe(3)
    proxy.close()
  })

  it('that are brand-new are fetched at once: no token is refused for them', async () => {
    const rotating = await startApp({ ownKeys: true })
    const verifier = createTestVerifier(rotating)
    const kindsOf = async (token: string) => {
      const verdicts = Array.from({ length: 10 }, () => verifier.verify(`Bearer ${token}`))
      return new Set((await Promise.all(verdicts)).map(({ kind }) => kind))
    }
    const person = await registerPerson(rotating)
    expect(await kindsOf(person.accessToken)).toEqual(new Set(['valid']))
    const { keyRotation, keys } = rotating.app.services
    for (let round = 0; round < 2; round += 1) {
      await keyRotation.rotate({ force: true })
      await keyRotation.rotate({ force: true })
      await keys.load()
      const { accessToken } = await signIn(rotating, person)
      expect(await kindsOf(accessToken)).toEqual(new Set(['valid']))
    }
    await rotating.close()
  })

  it('remain usable for an hour without a fetch, and are fetched again after that', async () => {
    // jose uses the machine's clock only.
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const later = (minutes: number) => void vi.setSystemTime(Date.now() + minutes * 60_000)
    const proxy = await startProxy()
    onTestFinished(() => void proxy.close())
    const { verify } = createVerifier({ issuer, jwksUrl: proxy.jwksUrl, clock: app.clock })
    const kindNow = async () => {
      const { accessToken } = await signIn(app, person)
      return (await verify(`Bearer ${accessToken}`)).kind
    }
    expect(await kindNow()).toBe('valid')
    proxy.state.isAway = true
    later(6)
    expect(await kindNow()).toBe('valid')
    expect(await kindNow()).toBe('valid')
    expect(proxy.state.requests).toBe(2) // not for each of them
    expect((await verify('Bearer e30.e30.e30')).kind).toBe('invalid')
    later(50)
    expect(await kindNow()).toBe('valid')
    later(11)
    await expect(kindNow()).rejects.toBeInstanceOf(KeysUnavailable)
    proxy.state.isAway = false
    expect(await kindNow()).toBe('valid')
  })

  it('that are unavailable accept and reject no token: the result says so', async () => {
    const proxy = await startProxy()
    proxy.state.isAway = true
    const verifier = createVerifier({ issuer, jwksUrl: proxy.jwksUrl, clock: app.clock })
    const verify = () => verifier.verify(`Bearer ${person.accessToken}`)
    await expect(verify()).rejects.toBeInstanceOf(KeysUnavailable)
    proxy.close()
    const unreachable = createVerifier({
      issuer,
      jwksUrl: 'http://127.0.0.1:1/jwks',
      clock: app.clock,
    })
    await expect(unreachable.verify(`Bearer ${person.accessToken}`)).rejects.toBeInstanceOf(
      KeysUnavailable,
    )
    expect(await unreachable.verify('')).toEqual({ kind: 'missing' })
  })
})
