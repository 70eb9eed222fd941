// A header may bring a key along (`jwk`, `x5c`), point to one (`jku`, `x5u`) or name one by a path, a query or
// nothing (`kid`): a verifier that listens to it believes whoever signed (CVE-2018-0114; RFC 8725 §3.10). Here
// a key is found by `kid` among the published ones or not at all: nothing is fetched, and invented ids
// do not become queries.
import { createHmac, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app/app.js'
import { createSelfSignedCertificate } from '../support/processes/certificate.js'
import { me, getRefusalReason, registerPerson } from '../support/app/client.js'
import { assembleJwt, decodeJwt, readSigningKey, rs256, type Json } from '../support/app/jwt.js'
import { recordQueries } from '../support/database/record-queries.js'
import { readAllRows } from '../support/database/all-rows.js'
import { unknownKid } from '../support/app/signing-keys.js'

const app = await startApp()
afterAll(app.close)
const person = await registerPerson(app)
const { header, claims } = decodeJwt(person.accessToken)

const attacker = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwk = attacker.publicKey.export({ format: 'jwk' })
const kid = await calculateJwkThumbprint(jwk)
const published = { ...jwk, kid, use: 'sig', alg: 'RS256' }
const certificate = createSelfSignedCertificate(attacker)

/** Signed by the attacker, with our key id and without. */
const forgeries = (headerChanges: Json) =>
  [
    { ...header, ...headerChanges },
    { ...header, kid, ...headerChanges },
    withoutMember('kid', { ...header, ...headerChanges }),
  ].map((forged) => assembleJwt(forged, claims, rs256(attacker.privateKey)))

describe('a key in the header', () => {
  it.each<[string, Json]>([
    ['nothing', {}],
    ['jwk', { jwk }],
    ['jwk with our id', { jwk: { ...published, kid: header['kid'] } }],
    ['x5c', { x5c: [certificate.toString('base64')] }],
    ['x5c and its thumbprint', { x5c: [certificate.toString('base64')], 'x5t#S256': thumbprint() }],
    ['a data URL', { jku: dataUrl(), x5u: dataUrl() }],
  ])('convinces nobody: %s', async (_, headerChanges) => {
    for (const forged of forgeries(headerChanges))
      expect(await getRefusalReason(app, forged)).toBe('TOKEN_INVALID')
  })

  it('is not fetched: jku and x5u that point to the attacker', async () => {
    let requestCount = 0
    const listener = createServer((_request, response) => {
      requestCount += 1
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ keys: [published, { ...published, kid: header['kid'] }] }))
    }).listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/jwks.json`
    for (const headerChanges of [{ jku: url }, { x5u: url }, { jku: url, x5u: url, kid }]) {
      for (const forged of forgeries(headerChanges)) {
        expect(await getRefusalReason(app, forged)).toBe('TOKEN_INVALID')
      }
    }
    listener.close()
    expect(requestCount).toBe(0)
  })
})

describe('a key id', () => {
  const ids: unknown[] = [
    ...['../../../../../../dev/null', '/dev/null', 'file:///dev/null', '', ' ', '.', '%00'],
    ...["' OR '1'='1", "x' UNION SELECT 'k'; --", '"; DROP TABLE signing_keys; --', '\0', '\ud800'],
    ...['__proto__', 'constructor', 'hasOwnProperty', 'k'.repeat(2_000)],
    ...[null, undefined, 0, true, [], [header['kid']], {}, { toString: header['kid'] }],
  ]

  it.each(ids.map((id) => [id]))('that is %j names no key', async (id) => {
    const before = await readAllRows(app)
    const forged = { ...header, kid: id }
    const hmac = (input: string) => createHmac('sha256', '').update(input).digest()
    const { privateKey } = await readSigningKey(app)
    for (const token of [
      assembleJwt(forged, claims, rs256(attacker.privateKey)),
      assembleJwt({ ...forged, alg: 'HS256' }, claims, hmac),
      assembleJwt(forged, claims, rs256(privateKey)),
    ]) {
      expect(await getRefusalReason(app, token)).toBe('TOKEN_INVALID')
    }
    expect(await readAllRows(app)).toEqual(before)
  })

  it('that nobody knows, a thousand times, makes at most four queries a second', async () => {
    const { seen, stop } = recordQueries()
    const start = performance.now()
    for (let sent = 0; sent < 1_000; sent += 100) {
      const tokens = Array.from({ length: 100 }, (_, i) =>
        assembleJwt({ ...header, kid: unknownKid(sent + i) }, claims, () => Buffer.alloc(256)),
      )
      const reasons = await Promise.all(tokens.map((token) => getRefusalReason(app, token)))
      expect(new Set(reasons)).toEqual(new Set(['TOKEN_INVALID']))
    }
    stop()
    const keyQueries = seen.filter(({ text }) => text.includes('signing_keys'))
    expect(keyQueries.length).toBeGreaterThan(0)
    // Four a second for unknown keys, one every five seconds to keep up with other replicas; and the schedule.
    const seconds = (performance.now() - start) / 1_000
    expect(keyQueries.length).toBeLessThanOrEqual(5 * seconds + 6)
    expect((await me(app, person.accessToken)).data?.me?.id).toBe(person.id)
  })
})

function withoutMember(name: string, header: Json): Json {
  return Object.fromEntries(Object.entries(header).filter(([key]) => key !== name))
}

function dataUrl() {
  return `data:application/json;base64,${Buffer.from(JSON.stringify({ keys: [published] })).toString('base64')}`
}

function thumbprint() {
  const hex = new X509Certificate(certificate).fingerprint256.replaceAll(':', '')
  return Buffer.from(hex, 'hex').toString('base64url')
}
