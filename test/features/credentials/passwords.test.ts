import { hash } from 'argon2'
import { afterAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { LoginDocument, RegisterDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import {
  call,
  getAuthError,
  newEmail,
  registerPerson,
  getAuthPayload,
} from '../../support/app/client.js'

const app = await startApp()
afterAll(app.close)

async function register(password: string) {
  const email = newEmail()
  const { data } = await call(app, RegisterDocument, { input: { email, password } })
  const { user } = getAuthPayload(data?.register)
  return { id: user.id, email, password }
}

async function login(email: string, password: string) {
  const { data } = await call(app, LoginDocument, { input: { email, password } })
  return data?.login
}

describe('a password matches exactly the typed text', () => {
  test.each([
    ['composed as decomposed', 'caf\u00e9 society', 'cafe\u0301 society'],
    ['decomposed as composed', 'cafe\u0301 culture', 'caf\u00e9 culture'],
    ['in 8 emoji', '🐘🦒🦓🦏🦛🐪🐫🦙', '🐘🦒🦓🦏🦛🐪🐫🦙'],
    ['in 256 code points', '💩'.repeat(256), '💩'.repeat(256)],
    ['with spaces around', '  open sesame  ', '  open sesame  '],
  ])('%s', async (_, set, typed) => {
    const { email } = await register(set)
    getAuthPayload(await login(email, typed))
  })

  test.each([
    ['another case', 'Open sesame!', 'open sesame!'],
    ['without the space at its end', 'open sesame ', 'open sesame'],
    ['without the space at its start', ' open sesame', 'open sesame'],
    ['with a ligature taken apart', 'of\ufb01ce hours', 'office hours'],
    ['in wide letters', 'open sesame door', 'ｏｐｅｎ sesame door'],
    ['cut off at its end', 'open sesame 123', 'open sesame 12'],
    ['another at byte 9', variant(8, 'a'), variant(8, 'b')],
    ['another at byte 73', variant(72, 'a'), variant(72, 'b')],
    ['another at byte 100', variant(99, 'a'), variant(99, 'b')],
    ['another at byte 256', variant(255, 'a'), variant(255, 'b')],
    ['another at byte 1,000', `${'💩'.repeat(249)}xxxa`, `${'💩'.repeat(249)}xxxb`],
  ])('and not %s', async (_, set, typed) => {
    const { email } = await register(set)
    expect(getAuthError(await login(email, typed)).code).toBe('INVALID_CREDENTIALS')
    getAuthPayload(await login(email, set))
  })

  it('and is refused without a hash when it violates the length limits', async () => {
    const singleHashApp = await startApp({ env: { ARGON2_CONCURRENCY: '1', ARGON2_QUEUE: '1' } })
    onTestFinished(singleHashApp.close)
    const { email } = await registerPerson(singleHashApp)
    const busy = async (password: string) => {
      const inputs = Array.from({ length: 8 }, () => ({ input: { email, password } }))
      const answers = await Promise.all(
        inputs.map((input) => call(singleHashApp, LoginDocument, input)),
      )
      return answers.some(({ errors }) => errors[0]?.extensions['code'] === 'SERVICE_BUSY')
    }
    expect(await busy('x'.repeat(256))).toBe(true)
    expect(await busy('x'.repeat(257))).toBe(false)
    expect(await busy('x'.repeat(90_000))).toBe(false)
  })

  // CVE-2025-22234: the time must not tell which accounts have an outdated hash.
  it('and is not rehashed even if the hash of the account is outdated', async () => {
    const slow = await startApp({ env: { ARGON2_ITERATIONS: '20' } })
    onTestFinished(slow.close)
    const { id, email, password } = await registerPerson(slow)
    const weak = await hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })
    await slow.db.passwordCredential.update({ where: { userId: id }, data: { hash: weak } })
    const measureLogin = async (typed: string) => {
      const start = performance.now()
      const { data } = await call(slow, LoginDocument, { input: { email, password: typed } })
      expect(getAuthError(data?.login).code).toBe('INVALID_CREDENTIALS')
      return performance.now() - start
    }
    await measureLogin('x'.repeat(300)) // to warm up
    const hashed = await measureLogin('wrong horse')
    expect(await measureLogin('x'.repeat(300))).toBeLessThan(hashed / 2)
  })
})

/** 256 characters that differ in one position. */
function variant(index: number, letter: string) {
  return 'x'.repeat(index) + letter + 'x'.repeat(255 - index)
}
