// Session ids are no secret: they stand in access tokens and in lists of devices. Whoever knows one must not
// be able to use, rotate or end that session by a refresh token that he made up, nor fill the tables by
// trying (RFC 6819 §5.1.4.2.2). The MAC is checked before any row is looked at, and what passes it without
// the session's seed finds none.
import { createHmac, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRefreshTokenCodec } from '../../src/features/sessions/refresh-token.js'
import { createKeyring } from '../../src/platform/crypto/keyring.js'
import { startApp, testSecret } from '../support/app/app.js'
import {
  getAuthError,
  logout,
  refresh,
  registerPerson,
  getAuthPayload,
} from '../support/app/client.js'
import { recordQueries } from '../support/database/record-queries.js'
import { readAllRows } from '../support/database/all-rows.js'

const app = await startApp()
afterAll(app.close)
const person = await registerPerson(app)
const { sessionId, refreshToken } = person
const genuine = Buffer.from(refreshToken, 'base64url')

// Where the parts are: version, key id, session id, generation, seed, MAC.
const [keyIdOffset, generationOffset, macOffset] = [1, 21, 41]

const serviceSecret = Buffer.from(testSecret, 'base64')
const codecOf = (secret: Buffer, purpose = 'refresh tokens') =>
  createRefreshTokenCodec(createKeyring([secret], purpose), randomBytes)

/** The genuine token with some bytes replaced. */
function forge(change: (bytes: Buffer) => void) {
  const bytes = Buffer.from(genuine)
  change(bytes)
  return bytes.toString('base64url')
}

/** The same with a MAC under the genuine key: what a thief of AUTH_SECRET could make. */
const forgeWithMac = (change: (bytes: Buffer) => void) =>
  forge((bytes) => {
    change(bytes)
    const { key } = createKeyring([serviceSecret], 'refresh tokens').current
    createHmac('sha256', key).update(bytes.subarray(0, macOffset)).digest().copy(bytes, macOffset)
  })

const parts = { sessionId, generation: 1, seed: randomBytes(16) }
const seed = genuine.subarray(25, macOffset)
const otherSecret = codecOf(randomBytes(32))

/** 73 bytes leave four bits of the last character unused: the next letter means the same bytes. */
function withNextLetter() {
  return String.fromCharCode((refreshToken.codePointAt(97) ?? 0) + 1)
}

/** A token, and whether it may be looked up before it is refused. */
const forgeries: [string, string, boolean?][] = [
  ['the session id alone', sessionId],
  ['another secret', otherSecret.encode(parts)],
  ['another secret, the genuine seed', otherSecret.encode({ ...parts, seed })],
  ['a key for another purpose', codecOf(serviceSecret, 'signing keys').encode({ ...parts, seed })],
  [
    'another secret under our key id',
    forge((bytes) => {
      Buffer.from(otherSecret.encode({ ...parts, seed }), 'base64url').copy(
        bytes,
        macOffset,
        macOffset,
      )
    }),
  ],
  ['no MAC', forge((bytes) => bytes.fill(0, macOffset))],
  ['an unknown key id', forge((bytes) => bytes.fill(0, keyIdOffset, 5))],
  ['the next generation', forge((bytes) => bytes.writeUInt32BE(2, generationOffset))],
  ['the greatest generation', forge((bytes) => bytes.fill(0xff, generationOffset, 25))],
  ['version 0', forgeWithMac((bytes) => bytes.writeUInt8(0, 0))],
  ['version 2', forgeWithMac((bytes) => bytes.writeUInt8(2, 0))],
  ['the genuine secret without the seed', codecOf(serviceSecret).encode(parts), true],
  [
    'the genuine secret and another session',
    codecOf(serviceSecret).encode({ sessionId: person.id, generation: 1, seed }),
    true,
  ],
  ['one character less', refreshToken.slice(0, -1)],
  ['one character more', `${refreshToken}A`],
  ['padding', `${refreshToken}=`],
  ['a space', `${refreshToken} `],
  ['the other alphabet', genuine.toString('base64')],
  ['unused bits of the last character', refreshToken.slice(0, -1) + withNextLetter()],
  ['nothing', ''],
  ['a megabyte of nothing', 'A'.repeat(90_000)],
]

describe('a forged refresh token', () => {
  let before: string[]
  beforeAll(async () => {
    before = await readAllRows(app)
  })

  it.each(forgeries)('changes nothing: %s', async (_, token, isLookedUp = false) => {
    expect(token).not.toBe(refreshToken)
    const { seen, stop } = recordQueries()
    const refused = getAuthError(await refresh(app, token))
    const ended = await logout(app, token)
    stop()
    expect(refused.code).toBe('INVALID_REFRESH_TOKEN')
    expect(ended).toEqual({ sessionId: null })
    expect(seen.length > 0).toBe(isLookedUp)
    expect(await readAllRows(app)).toEqual(before)
  })

  it('is refused with any one of its bytes changed', async () => {
    const tokens = Array.from(genuine, (_, index) =>
      forge((bytes) => (bytes[index] = (bytes[index] ?? 0) ^ (1 << (index % 8)))),
    )
    const results = await Promise.all(tokens.map((token) => refresh(app, token)))
    expect(new Set(results.map((result) => getAuthError(result).code))).toEqual(
      new Set(['INVALID_REFRESH_TOKEN']),
    )
    expect(await readAllRows(app)).toEqual(before)
  })

  it('leaves the genuine one as good as before', async () => {
    expect(getAuthPayload(await refresh(app, refreshToken)).session.id).toBe(sessionId)
  })
})
