import { subscribe } from 'node:diagnostics_channel'
import { afterAll, beforeEach, expect, it, onTestFinished, test } from 'vitest'
import { parseConfig } from '../../../src/compose/config/config.js'
import { RegisterDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import { call, failure, newEmail, succeeded } from '../../support/app/client.js'
import {
  breached,
  healthy,
  listed,
  padded,
  prefixOf,
  sha1,
  startRangeApi,
  suffixOf,
} from '../../support/hostile/range-api.js'
import { watch } from '../../support/database/watch.js'

const range = await startRangeApi()
const app = await startApp({ env: { PASSWORD_BREACH_CHECK: range.url } })
afterAll(async () => {
  await app.close()
  range.close()
})
const { asked, url } = range

beforeEach(() => {
  app.clock.advance('2h') // what was remembered is over
  range.answerWith(healthy)
  asked.length = 0
})

async function register(password: string, server = app) {
  const input = { email: newEmail(), password }
  const { data } = await call(server, RegisterDocument, { input })
  return data?.register
}

it('a password that is known from a breach is refused, and nothing is written', async () => {
  const { result, touched } = await watch(app, () => register(breached))
  expect(failure(result)).toMatchObject({ code: 'WEAK_PASSWORD', passwordProblems: ['BREACHED'] })
  expect(touched).toEqual([])
  range.answerWith((_, response) => response.end(listed.join('\n').toLowerCase()))
  app.clock.advance('2h')
  expect(failure(await register(breached)).passwordProblems).toEqual(['BREACHED'])
})

it('that it is breached is said along with all the rest', async () => {
  const username = 'qwerty123'
  range.answerWith((_, response) => response.end(`${suffixOf(username)}:9`))
  const strict = await startApp({
    env: { PASSWORD_BREACH_CHECK: url, PASSWORD_MIN_LENGTH: '15' },
  })
  onTestFinished(strict.close)
  const input = { email: newEmail(), username, password: username }
  const { data } = await call(strict, RegisterDocument, { input })
  expect(failure(data?.register).passwordProblems).toEqual([
    'TOO_SHORT',
    'TOO_COMMON',
    'BREACHED',
    'CONTAINS_PERSONAL_INFORMATION',
  ])
})

it('a count of 0 is padding, and says nothing', async () => {
  succeeded(await register(padded))
  expect(asked).toHaveLength(1)
})

it('five digits of the hash leave the house, and no more', async () => {
  const email = newEmail()
  const password = 'fünf Stellen genügen'
  const input = { email, password: password.normalize('NFD'), name: 'Ana' }
  const { data } = await call(app, RegisterDocument, { input }, { headers: { cookie: 'a=b' } })
  succeeded(data?.register)
  await register(breached)

  const [first = '', second = ''] = asked
  expect(asked).toHaveLength(2)
  expect(first.split('\n').slice(0, 2)).toEqual(['GET', `/range/${prefixOf(password)}`])
  expect(second.split('\n').slice(0, 2)).toEqual(['GET', `/range/${prefixOf(breached)}`])
  for (const request of asked) {
    expect(request.toLowerCase()).toContain('\nadd-padding\ntrue')
    expect(request.toLowerCase()).not.toMatch(/authorization|cookie|referer|x-request-id|forwarded/)
  }
  const everything = [...asked, ...app.logLines].join('\n').toUpperCase()
  const secrets = [password, breached].flatMap((text) => [
    text,
    text.normalize('NFD'),
    encodeURIComponent(text),
    sha1(text),
    suffixOf(text),
    suffixOf(text).slice(0, 5),
  ])
  for (const secret of secrets) expect(everything).not.toContain(secret.toUpperCase())
  expect(asked.join('\n')).not.toContain(email)
})

it('asks once for what it was told within the hour', async () => {
  await register(breached)
  app.clock.advance('59m')
  range.answerWith((_, response) => response.writeHead(500).end())
  expect(failure(await register(breached)).passwordProblems).toEqual(['BREACHED'])
  expect(asked).toHaveLength(1)
  range.answerWith(healthy)
  app.clock.advance('2m')
  expect(failure(await register(breached)).passwordProblems).toEqual(['BREACHED'])
  expect(asked).toHaveLength(2)
})

it('does not ask about what cannot be a password anyway', async () => {
  expect(failure(await register('x'.repeat(300))).passwordProblems).toEqual(['TOO_LONG'])
  expect(asked).toEqual([])
})

it('off, which is the default, asks nobody', async () => {
  const origins = new Set<string>()
  subscribe('undici:request:create', (message) => {
    origins.add(String((message as { request: { origin: unknown } }).request.origin))
  })
  await register(breached)
  expect(origins).toContain(new URL(url).origin)

  origins.clear()
  for (const env of [{}, { PASSWORD_BREACH_CHECK: 'off' }]) {
    const off = await startApp({ env })
    onTestFinished(off.close)
    succeeded(await register(breached, off))
    expect(origins).toEqual(new Set([off.url]))
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
