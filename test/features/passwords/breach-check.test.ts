import { subscribe } from 'node:diagnostics_channel'
import { afterAll, beforeEach, expect, it, onTestFinished, test } from 'vitest'
import { parseConfig } from '../../../src/compose/config/config.js'
import { RegisterDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import { call, getAuthError, newEmail, getAuthPayload } from '../../support/app/client.js'
import {
  breachedPassword,
  respondNormally,
  rangeEntries,
  paddedPassword,
  hashPrefixOf,
  sha1,
  startRangeApi,
  hashSuffixOf,
} from '../../support/hostile/range-api.js'
import { trackChanges } from '../../support/database/track-changes.js'

const rangeApi = await startRangeApi()
const app = await startApp({ env: { PASSWORD_BREACH_CHECK: rangeApi.url } })
afterAll(async () => {
  await app.close()
  rangeApi.close()
})
const { asked, url } = rangeApi

beforeEach(() => {
  app.clock.advance('2h') // what was remembered is over
  rangeApi.setBehaviour(respondNormally)
  asked.length = 0
})

async function register(password: string, server = app) {
  const input = { email: newEmail(), password }
  const { data } = await call(server, RegisterDocument, { input })
  return data?.register
}

it('a password that is known from a breach is refused, and nothing is written', async () => {
  const { result, touched } = await trackChanges(app, () => register(breachedPassword))
  expect(getAuthError(result)).toMatchObject({
    code: 'WEAK_PASSWORD',
    passwordProblems: ['BREACHED'],
  })
  expect(touched).toEqual([])
  rangeApi.setBehaviour((_, response) => response.end(rangeEntries.join('\n').toLowerCase()))
  app.clock.advance('2h')
  expect(getAuthError(await register(breachedPassword)).passwordProblems).toEqual(['BREACHED'])
})

it('that it is breached is said along with all the rest', async () => {
  const username = 'qwerty123'
  rangeApi.setBehaviour((_, response) => response.end(`${hashSuffixOf(username)}:9`))
  const strict = await startApp({
    env: { PASSWORD_BREACH_CHECK: url, PASSWORD_MIN_LENGTH: '15' },
  })
  onTestFinished(strict.close)
  const input = { email: newEmail(), username, password: username }
  const { data } = await call(strict, RegisterDocument, { input })
  expect(getAuthError(data?.register).passwordProblems).toEqual([
    'TOO_SHORT',
    'TOO_COMMON',
    'BREACHED',
    'CONTAINS_PERSONAL_INFORMATION',
  ])
})

it('a count of 0 is padding, and says nothing', async () => {
  getAuthPayload(await register(paddedPassword))
  expect(asked).toHaveLength(1)
})

it('five digits of the hash leave the house, and no more', async () => {
  const email = newEmail()
  const password = 'fünf Stellen genügen'
  const input = { email, password: password.normalize('NFD'), name: 'Ana' }
  const { data } = await call(app, RegisterDocument, { input }, { headers: { cookie: 'a=b' } })
  getAuthPayload(data?.register)
  await register(breachedPassword)

  const [first = '', second = ''] = asked
  expect(asked).toHaveLength(2)
  expect(first.split('\n').slice(0, 2)).toEqual(['GET', `/range/${hashPrefixOf(password)}`])
  expect(second.split('\n').slice(0, 2)).toEqual([
    'GET',
    `/range/${hashPrefixOf(breachedPassword)}`,
  ])
  for (const request of asked) {
    expect(request.toLowerCase()).toContain('\nadd-padding\ntrue')
    expect(request.toLowerCase()).not.toMatch(/authorization|cookie|referer|x-request-id|forwarded/)
  }
  const everything = [...asked, ...app.logLines].join('\n').toUpperCase()
  const secrets = [password, breachedPassword].flatMap((text) => [
    text,
    text.normalize('NFD'),
    encodeURIComponent(text),
    sha1(text),
    hashSuffixOf(text),
    hashSuffixOf(text).slice(0, 5),
  ])
  for (const secret of secrets) expect(everything).not.toContain(secret.toUpperCase())
  expect(asked.join('\n')).not.toContain(email)
})

it('asks once for what it was told within the hour', async () => {
  await register(breachedPassword)
  app.clock.advance('59m')
  rangeApi.setBehaviour((_, response) => response.writeHead(500).end())
  expect(getAuthError(await register(breachedPassword)).passwordProblems).toEqual(['BREACHED'])
  expect(asked).toHaveLength(1)
  rangeApi.setBehaviour(respondNormally)
  app.clock.advance('2m')
  expect(getAuthError(await register(breachedPassword)).passwordProblems).toEqual(['BREACHED'])
  expect(asked).toHaveLength(2)
})

it('does not ask about what cannot be a password anyway', async () => {
  expect(getAuthError(await register('x'.repeat(300))).passwordProblems).toEqual(['TOO_LONG'])
  expect(asked).toEqual([])
})

it('off, which is the default, asks nobody', async () => {
  const origins = new Set<string>()
  subscribe('undici:request:create', (message) => {
    origins.add(String((message as { request: { origin: unknown } }).request.origin))
  })
  await register(breachedPassword)
  expect(origins).toContain(new URL(url).origin)

  origins.clear()
  for (const env of [{}, { PASSWORD_BREACH_CHECK: 'off' }]) {
    const appWithoutCheck = await startApp({ env })
    onTestFinished(appWithoutCheck.close)
    getAuthPayload(await register(breachedPassword, appWithoutCheck))
    expect(origins).toEqual(new Set([appWithoutCheck.url]))
    origins.clear()
  }
})

test.each([
  'on',
  'true',
  '0',
  'api.pwnedpasswords.com',
  '//api.pwnedpasswords.com/range/',
  'http://api.pwnedpasswords.com/range/',
  'http://localhost.evil.example/range/',
  'http://127.0.0.1.evil.example/range/',
  'ftp://api.pwnedpasswords.com/range/',
  'file:///etc/passwd',
  'javascript:void',
  // What can never answer would check nothing, for it fails open.
  'https://user:secret@api.pwnedpasswords.com/range/',
  'https://api.pwnedpasswords.com/range',
  'https://api.pwnedpasswords.com/range/?a=',
  'https://api.pwnedpasswords.com/range/#',
])('a setting that is no range API stops the start: %s', (PASSWORD_BREACH_CHECK) => {
  expect(() => parseConfig({ PASSWORD_BREACH_CHECK })).toThrow(
    /PASSWORD_BREACH_CHECK must be off, or the https URL/,
  )
})
