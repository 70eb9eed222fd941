import { calculateJwkThumbprint, type JSONWebKeySet } from 'jose'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { startApp, type TestApp } from '../../support/app/app.js'
import { registerPerson } from '../../support/app/client.js'
import { createPostgresDatabase, usesPostgres } from '../../support/database/database.js'
import { decodeJwt } from '../../support/app/jwt.js'
import { readAllRows } from '../../support/database/all-rows.js'

const app = await startApp()
afterAll(app.close)

const fetchPublishedKeys = async ({ url }: TestApp) => {
  const response = await fetch(`${url}/.well-known/jwks.json`)
  return ((await response.json()) as JSONWebKeySet).keys
}

describe('/.well-known/jwks.json', () => {
  it('publishes the key that signs and the next, public parts only, as gateways need it', async () => {
    const { accessToken } = await registerPerson(app)
    const text = expect.any(String) as string
    const key = { kty: 'RSA', n: text, e: 'AQAB', kid: text, use: 'sig', alg: 'RS256' }
    const published = await fetchPublishedKeys(app)
    expect(published).toEqual([key, key])
    expect(published.map(({ kid }) => kid)).toContain(decodeJwt(accessToken).header['kid'])
  })

  it('names each key by its RFC 7638 thumbprint, and makes it long enough', async () => {
    const [key] = await fetchPublishedKeys(app)
    if (!key) throw new Error('no key')
    expect(key.kid).toBe(await calculateJwkThumbprint(key, 'sha256'))
    expect(Buffer.from(key.n ?? '', 'base64url')).toHaveLength(2_048 / 8)
  })

  it('may be cached for minutes', async () => {
    const { status, headers } = await fetch(`${app.url}/.well-known/jwks.json`)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('cache-control')).toBe('public, max-age=300')
  })
})

it('/.well-known/openid-configuration says who issues and where the keys are', async () => {
  const response = await fetch(`${app.url}/.well-known/openid-configuration`)
  expect(await response.json()).toEqual({
    issuer: 'http://localhost:4000',
    jwks_uri: 'http://localhost:4000/.well-known/jwks.json',
  })
  expect(response.headers.get('cache-control')).toBe('public, max-age=300')
})

it('no private part of a key can be read in the database', async () => {
  const rows = (await readAllRows(app)).join('\n')
  const { privateJwe, publicJwk } = await app.db.signingKey.findFirstOrThrow()
  expect(Object.keys(publicJwk as object).sort()).toEqual(['e', 'kty', 'n'])
  const [header = '', encryptedKey, , ciphertext = ''] = privateJwe?.split('.') ?? []
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({
    alg: 'dir',
    enc: 'A256GCM',
  })
  expect(encryptedKey).toBe('')
  expect(Buffer.from(ciphertext, 'base64url').toString('latin1')).not.toMatch(/"?(kty|RSA)"?/)
  expect(rows).not.toMatch(/"(d|p|q|dp|dq|qi)"/)
  expect(rows).not.toContain('PRIVATE KEY')
})

describe.runIf(usesPostgres)('on PostgreSQL (skipped without TEST_DATABASE_URL)', () => {
  it('three replicas that start at once on an empty database share one key', async () => {
    const { target, drop } = await createPostgresDatabase()
    onTestFinished(drop)
    const replicas = await Promise.all([1, 2, 3].map(() => startApp({ target })))
    onTestFinished(async () => {
      await Promise.all(replicas.map(({ close }) => close()))
    })
    const [first, ...others] = await Promise.all(replicas.map(fetchPublishedKeys))
    expect(first).toHaveLength(2)
    expect(others).toEqual([first, first])
    const tokens = await Promise.all(replicas.map((replica) => registerPerson(replica)))
    const kids = tokens.map(({ accessToken }) => decodeJwt(accessToken).header['kid'])
    expect(new Set(kids).size).toBe(1)
    expect(first?.map(({ kid }) => kid)).toContain(kids[0])
  })
})
