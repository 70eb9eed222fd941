import { createHmac, randomBytes } from 'node:crypto'
import { afterAll, describe, expect, it, test } from 'vitest'
import { RefreshDocument, type RefreshInput } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  failure,
  refresh,
  registerPerson,
  signIn,
  succeeded,
} from '../../support/app/client.js'
import { watch } from '../../support/database/watch.js'

const app = await startApp()
afterAll(app.close)

// The layout of a refresh token: version, key id, session id, generation, seed, MAC.
const at = { version: 0, keyId: 1, sessionId: 5, generation: 21, seed: 25, mac: 41 }

const person = await registerPerson(app)
const other = await registerPerson(app)

/** A live token whose text has both of the letters in which base64url differs from base64. */
async function telling() {
  let { refreshToken } = person
  while (!refreshToken.includes('-') || !refreshToken.includes('_')) {
    ;({ refreshToken } = await signIn(app, person))
  }
  return refreshToken
}
const token = await telling()
const bytes = () => Buffer.from(token, 'base64url')

function changed(change: (bytes: Buffer) => unknown) {
  const forged = bytes()
  change(forged)
  return forged.toString('base64url')
}

const flip = (position: number) =>
  changed((forged) => forged.writeUInt8(forged.readUInt8(position) ^ 1, position))

async function expectInvalid(input: RefreshInput | null | undefined) {
  const { result, touched } = await watch(app, () =>
    call(app, RefreshDocument, input === undefined ? {} : { input }),
  )
  expect(failure(result.data?.refresh).code).toBe('INVALID_REFRESH_TOKEN')
  expect(touched).toEqual([])
}

describe('what we did not make is INVALID_REFRESH_TOKEN and touches no row', () => {
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
    ['another version', flip(at.version)],
    ['another key id', flip(at.keyId)],
    ['another session id', flip(at.sessionId)],
    ['another seed', flip(at.seed)],
    ['another MAC', flip(at.mac)],
    ['another end of the MAC', flip(72)],
    ['the next generation', changed((forged) => forged.writeUInt32BE(2, at.generation))],
    ['the last generation', changed((forged) => forged.writeUInt32BE(2 ** 32 - 1, at.generation))],
    ['generation 0', changed((forged) => forged.writeUInt32BE(0, at.generation))],
    [
      'the session of somebody else',
      changed((forged) => Buffer.from(other.sessionId.replaceAll('-', ''), 'hex').copy(forged, 5)),
    ],
    [
      'a known session id and seed under a MAC of one’s own',
      changed((forged) =>
        createHmac('sha256', 'guess').update(forged.subarray(0, at.mac)).digest().copy(forged, 41),
      ),
    ],
    ['one byte less', bytes().subarray(0, -1).toString('base64url')],
    ['one byte more', Buffer.concat([bytes(), Buffer.alloc(1)]).toString('base64url')],
  ])('%s', async (_, refreshToken) => {
    await expectInvalid({ refreshToken })
  })

  // Decoders forgive these; a token has one spelling.
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

  it('a token under another server’s secret', async () => {
    const secret = randomBytes(32).toString('base64')
    const foreign = await startApp({ env: { AUTH_SECRET: secret } })
    const stranger = await registerPerson(foreign)
    await foreign.close()
    await expectInvalid({ refreshToken: stranger.refreshToken })
  })

  it('and the token itself still works', async () => {
    succeeded(await refresh(app, token))
  })
})
