import { createHmac, randomBytes } from 'node:crypto'
import { afterAll, describe, expect, it, test } from 'vitest'
import { RefreshDocument, type RefreshInput } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  refresh,
  registerPerson,
  signIn,
  getAuthPayload,
} from '../../support/app/client.js'
import { trackChanges } from '../../support/database/track-changes.js'

const app = await startApp()
afterAll(app.close)

// The layout of a refresh token: version, key id, session id, generation, seed, MAC.
const offsets = { version: 0, keyId: 1, sessionId: 5, generation: 21, seed: 25, mac: 41 }

const person = await registerPerson(app)
const other = await registerPerson(app)

/** A live token that contains both characters that differ between base64url and base64. */
async function issueBase64UrlToken() {
  let { refreshToken } = person
  while (!refreshToken.includes('-') || !refreshToken.includes('_')) {
    ;({ refreshToken } = await signIn(app, person))
  }
  return refreshToken
}
const token = await issueBase64UrlToken()
const bytes = () => Buffer.from(token, 'base64url')

function forge(change: (bytes: Buffer) => unknown) {
  const forged = bytes()
  change(forged)
  return forged.toString('base64url')
}

const flipBit = (position: number) =>
  forge((forged) => forged.writeUInt8(forged.readUInt8(position) ^ 1, position))

async function expectInvalid(input: RefreshInput | null | undefined) {
  const { result, touched } = await trackChanges(app, () =>
    call(app, RefreshDocument, input === undefined ? {} : { input }),
  )
  expect(getAuthError(result.data?.refresh).code).toBe('INVALID_REFRESH_TOKEN')
  expect(touched).toEqual([])
}

describe('a forged token is INVALID_REFRESH_TOKEN and accesses no row', () => {
  test.each<[string, RefreshInput | null | undefined]>([
    ['no input', undefined],
    ['null', null],
    ['an empty input', {}],
    ['a null token', { refreshToken: null }],
    ['an empty token', { refreshToken: '' }],
  ])('%s', async (_, input) => {
    await expectInvalid(input)
  })

  test.each<[string, string]>([
    ['a word', 'garbage'],
    ['a token’s length of one letter', 'A'.repeat(98)],
    ['zeros', Buffer.alloc(73).toString('base64url')],
    ['chance', randomBytes(73).toString('base64url')],
    ['90 kB', 'A'.repeat(90_000)],
    ['a session id', person.sessionId],
    ['an access token', person.accessToken],
    ['another version', flipBit(offsets.version)],
    ['another key id', flipBit(offsets.keyId)],
    ['another session id', flipBit(offsets.sessionId)],
    ['another seed', flipBit(offsets.seed)],
    ['another MAC', flipBit(offsets.mac)],
    ['another end of the MAC', flipBit(72)],
    ['the next generation', forge((forged) => forged.writeUInt32BE(2, offsets.generation))],
    [
      'the last generation',
      forge((forged) => forged.writeUInt32BE(2 ** 32 - 1, offsets.generation)),
    ],
    ['generation 0', forge((forged) => forged.writeUInt32BE(0, offsets.generation))],
    [
      'the session of another user',
      forge((forged) => Buffer.from(other.sessionId.replaceAll('-', ''), 'hex').copy(forged, 5)),
    ],
    [
      'a known session id and seed with a forged MAC',
      forge((forged) =>
        createHmac('sha256', 'guess')
          .update(forged.subarray(0, offsets.mac))
          .digest()
          .copy(forged, 41),
      ),
    ],
    ['one byte less', bytes().subarray(0, -1).toString('base64url')],
    ['one byte more', Buffer.concat([bytes(), Buffer.alloc(1)]).toString('base64url')],
  ])('%s', async (_, refreshToken) => {
    await expectInvalid({ refreshToken })
  })

  // Decoders accept these spellings, but a token has only one spelling.
  test.each<[string, string]>([
    ['padding', `${token}==`],
    ['the other alphabet', token.replaceAll('-', '+').replaceAll('_', '/')],
    ['a line break at its end', `${token}\n`],
    ['a space before it', ` ${token}`],
    ['a letter more', `${token}A`],
    ['a letter less', token.slice(0, -1)],
    ['unused bits set', token.slice(0, -1) + String.fromCharCode(token.charCodeAt(97) + 1)],
    ['its scheme', `Bearer ${token}`],
    ['quotes', `"${token}"`],
    ['another case', token.toLowerCase()],
  ])('a token with %s', async (_, refreshToken) => {
    await expectInvalid({ refreshToken })
  })

  it('a token with the secret of another server', async () => {
    const secret = randomBytes(32).toString('base64')
    const foreign = await startApp({ env: { AUTH_SECRET: secret } })
    const foreignPerson = await registerPerson(foreign)
    await foreign.close()
    await expectInvalid({ refreshToken: foreignPerson.refreshToken })
  })

  it('the real token still works', async () => {
    getAuthPayload(await refresh(app, token))
  })
})
