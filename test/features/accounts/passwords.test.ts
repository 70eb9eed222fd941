import { argon2d, argon2i, hash } from 'argon2'
import { afterAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { LoginDocument, RegisterDocument } from '../../../src/generated/operations.js'
import { startApp } from '../../support/app.js'
import { call, failure, newEmail, registerPerson, succeeded } from '../../support/client.js'

const app = await startApp()
afterAll(app.close)

async function register(password: string) {
  const email = newEmail()
  const { data } = await call(app, RegisterDocument, { input: { email, password } })
  const { user } = succeeded(data?.register)
  return { id: user.id, email, password }
}

async function login(email: string, password: string) {
  const { data } = await call(app, LoginDocument, { input: { email, password } })
  return data?.login
}

const storedHash = async (userId: string) =>
  (await app.db.passwordCredential.findUniqueOrThrow({ where: { userId } })).hash

const writeHash = (userId: string, text: string) =>
  app.db.passwordCredential.update({ where: { userId }, data: { hash: text } })

describe('a password is what was typed', () => {
  test.each([
    ['composed as decomposed', 'caf\u00e9 society', 'cafe\u0301 society'],
    ['decomposed as composed', 'cafe\u0301 culture', 'caf\u00e9 culture'],
    ['in 8 emoji', '🐘🦒🦓🦏🦛🐪🐫🦙', '🐘🦒🦓🦏🦛🐪🐫🦙'],
    ['in 256 code points', '💩'.repeat(256), '💩'.repeat(256)],
    ['with spaces around', '  open sesame  ', '  open sesame  '],
  ])('%s', async (_, set, typed) => {
    const { email } = await register(set)
    succeeded(await login(email, typed))
  })

  test.each([
    ['another case', 'Open sesame!', 'open sesame!'],
    ['without the space at its end', 'open sesame ', 'open sesame'],
    ['without the space at its start', ' open sesame', 'open sesame'],
    ['with a ligature taken apart', 'of\ufb01ce hours', 'office hours'],
    ['in wide letters', 'open sesame', 'ｏｐｅｎ sesame'],
    ['cut off at its end', 'open sesame 123', 'open sesame 12'],
    ['another at byte 9', variant(8, 'a'), variant(8, 'b')],
    ['another at byte 73', variant(72, 'a'), variant(72, 'b')],
    ['another at byte 100', variant(99, 'a'), variant(99, 'b')],
    ['another at byte 256', variant(255, 'a'), variant(255, 'b')],
    ['another at byte 1,000', `${'💩'.repeat(249)}xxxa`, `${'💩'.repeat(249)}xxxb`],
  ])('and not %s', async (_, set, typed) => {
    const { email } = await register(set)
    expect(failure(await login(email, typed)).code).toBe('INVALID_CREDENTIALS')
    succeeded(await login(email, set))
  })

  it('and is refused unhashed when nobody can have it', async () => {
    const narrow = await startApp({ env: { ARGON2_CONCURRENCY: '1', ARGON2_QUEUE: '1' } })
    onTestFinished(narrow.close)
    const { email } = await registerPerson(narrow)
    const busy = async (password: string) => {
      const inputs = Array.from({ length: 8 }, () => ({ input: { email, password } }))
      const answers = await Promise.all(inputs.map((input) => call(narrow, LoginDocument, input)))
      return answers.some(({ errors }) => errors[0]?.extensions['code'] === 'SERVICE_BUSY')
    }
    expect(await busy('x'.repeat(256))).toBe(true)
    expect(await busy('x'.repeat(257))).toBe(false)
    expect(await busy('x'.repeat(90_000))).toBe(false)
  })

  // CVE-2025-22234: the time would tell for whom there is a hash to renew.
  it('nor hashed anew, where the hash of the account is outdated', async () => {
    const slow = await startApp({ env: { ARGON2_ITERATIONS: '20' } })
    onTestFinished(slow.close)
    const { id, email, password } = await registerPerson(slow)
    const weak = await hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })
    await slow.db.passwordCredential.update({ where: { userId: id }, data: { hash: weak } })
    const timeOf = async (typed: string) => {
      const start = performance.now()
      const { data } = await call(slow, LoginDocument, { input: { email, password: typed } })
      expect(failure(data?.login).code).toBe('INVALID_CREDENTIALS')
      return performance.now() - start
    }
    await timeOf('x'.repeat(300)) // to warm up
    const hashed = await timeOf('wrong horse')
    expect(await timeOf('x'.repeat(300))).toBeLessThan(hashed / 2)
  })
})

describe('a stored hash', () => {
  it('is renewed at the next sign-in when the parameters rose, and the password stays', async () => {
    const { id, email, password } = await register('correct horse')
    const weak = await hash(password, { memoryCost: 7_168, timeCost: 5, parallelism: 1 })
    await writeHash(id, weak)
    const before = await app.db.passwordCredential.findUniqueOrThrow({ where: { userId: id } })

    expect(failure(await login(email, 'wrong horse')).code).toBe('INVALID_CREDENTIALS')
    expect(await storedHash(id)).toBe(weak)

    succeeded(await login(email, password))
    const after = await app.db.passwordCredential.findUniqueOrThrow({ where: { userId: id } })
    expect(after.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect({ ...after, hash: '' }).toEqual({ ...before, hash: '' })

    succeeded(await login(email, password))
    expect(await storedHash(id)).toBe(after.hash)
  })

  const salt = 'c29tZXNhbHRzb21lc2FsdA'
  const tag = 'A'.repeat(43)
  const phc = (type: string, parameters: string) => `$${type}$${parameters}$${salt}$${tag}`

  test.each([
    ['is empty', ''],
    ['is no hash', 'x'],
    ['is the password itself', 'correct horse'],
    ['asks for 4 GiB', phc('argon2id', 'v=19$m=4194304,t=1,p=1')],
    ['asks for 2^32 - 1 passes', phc('argon2id', 'v=19$m=8,t=4294967295,p=1')],
    ['asks for 255 lanes', phc('argon2id', 'v=19$m=262144,t=1,p=255')],
    ['asks for numbers beyond numbers', phc('argon2id', `v=19$m=${'9'.repeat(400)},t=1,p=1`)],
    ['asks for nothing', phc('argon2id', 'v=19$m=0,t=0,p=0')],
    ['is of an older version', phc('argon2id', 'v=16$m=19456,t=2,p=1')],
    ['is of bcrypt', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'],
    ['has no salt', '$argon2id$v=19$m=19456,t=2,p=1$$' + tag],
    ['has an empty tag', `$argon2id$v=19$m=19456,t=2,p=1$${salt}$`],
    ['ends in a newline', `${phc('argon2id', 'v=19$m=19456,t=2,p=1')}\n`],
  ])('that %s lets nobody in, quickly and within bounds', async (_, text) => {
    const { id, email, password } = await register('correct horse')
    await writeHash(id, text)
    const memory = process.resourceUsage().maxRSS
    const start = performance.now()
    expect(failure(await login(email, password)).code).toBe('INVALID_CREDENTIALS')
    expect(performance.now() - start).toBeLessThan(1_000)
    expect(process.resourceUsage().maxRSS - memory).toBeLessThan(100_000) // kB
    expect(await storedHash(id)).toBe(text)
  })

  test.each([
    ['Argon2i', argon2i],
    ['Argon2d', argon2d],
  ])('of %s lets nobody in, even with its password', async (_, type) => {
    const { id, email, password } = await register('correct horse')
    await writeHash(id, await hash(password, { type, memoryCost: 19_456, timeCost: 2 }))
    expect(failure(await login(email, password)).code).toBe('INVALID_CREDENTIALS')
  })
})

/** 256 characters that differ at one place only. */
function variant(at: number, letter: string) {
  return 'x'.repeat(at) + letter + 'x'.repeat(255 - at)
}
