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
  it('publishes the public parts of the current and the next key in the form that gateways need', async () => {
    const { accessToken } = await registerPerson(app)
    const text = expect.any(String) as string
    const key = { kty: 'RSA', n: text, e: 'AQAB', kid: text, use: 'sig', alg: 'RS256' }
    const published = await fetchPublishedKeys(app)
    expect(published).toEqual([key, key])
    expect(published.map(({ kid }) => kid)).toContain(decodeJwt(accessToken).header['kid'])
  })

  it('uses RFC 7638 thumbprints as ids and RSA keys of 2,048 bits', async () => {
    const [key] = await fetchPublishedKeys(app)
    if (!key) throw new Error('no key')
    expect(key.kid).toBe(await calculateJwkThumbprint(key, 'sha256'))
    expect(Buffer.from(key.n ?? '', 'base64url')).toHaveLength(2_048 / 8)
  })

  it('may be cached for five minutes', async () => {
    const { status, headers } = await fetch(`${app.url}/.well-known/jwks.json`)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('cache-control')).toBe('public, max-age=300')
  })
})

it('/.well-known/openid-configuration contains the issuer and the URL of the keys', async () => {
  const response = await fetch(`${app.url}/.well-known/openid-configuration`)
  expect(await response.json()).toEqual({
    issuer: 'http://localhost:4000',
    jwks_uri: 'http://localhost:4000/.well-known/jwks.json',
  })
  expect(response.headers.get('cache-control')).toBe('public, max-age=300')
})

it('private parts of keys are encrypted in the database', async () => {
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
  it('three replicas that start concurrently on an empty database share one key', async () => {
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
