import { argon2d, argon2i, hash } from 'argon2'
import { afterAll, describe, expect, it, test } from 'vitest'
import { LoginDocument } from '@latchkey/client/operations'
import { startApp } from '../../support/app/app.js'
import { call, getAuthError, registerPerson, getAuthPayload } from '../../support/app/client.js'
import { beginSignIn, enrollTotp } from '../../support/app/factors.js'

// The stored hash decides who can sign in. Every engine reads it alike.

const engines = ['argon2', 'node-rs'] as const

describe.each(engines)('a stored hash, read by %s', async (argon2Engine) => {
  const app = await startApp({ optimizations: { argon2Engine } })
  afterAll(app.close)

  async function login(email: string, password: string) {
    const { data } = await call(app, LoginDocument, { input: { email, password } })
    return data?.login
  }

  const storedHash = async (userId: string) =>
    (await app.db.passwordCredential.findUniqueOrThrow({ where: { userId } })).hash

  const writeHash = (userId: string, text: string) =>
    app.db.passwordCredential.update({ where: { userId }, data: { hash: text } })

  it('is renewed at the next sign-in after the parameters were raised', async () => {
    const { id, email, password } = await registerPerson(app)
    const weak = await hash(password, { memoryCost: 7_168, timeCost: 5, parallelism: 1 })
    await writeHash(id, weak)
    const before = await app.db.passwordCredential.findUniqueOrThrow({ where: { userId: id } })

    expect(getAuthError(await login(email, 'wrong horse')).code).toBe('INVALID_CREDENTIALS')
    expect(await storedHash(id)).toBe(weak)

    getAuthPayload(await login(email, password))
    const after = await app.db.passwordCredential.findUniqueOrThrow({ where: { userId: id } })
    expect(after.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect({ ...after, hash: '' }).toEqual({ ...before, hash: '' })

    getAuthPayload(await login(email, password))
    expect(await storedHash(id)).toBe(after.hash)
  })

  it('is renewed although the sign-in needs a second factor, whose step does not see the password', async () => {
    const person = await enrollTotp(app, await registerPerson(app))
    const weak = await hash(person.password, { memoryCost: 7_168, timeCost: 5, parallelism: 1 })
    await writeHash(person.id, weak)
    await beginSignIn(app, person)
    expect(await storedHash(person.id)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  const salt = 'c29tZXNhbHRzb21lc2FsdA'
  const tag = 'A'.repeat(43)
  const phc = (type: string, parameters: string) => `$${type}$${parameters}$${salt}$${tag}`

  test.each([
    ['is empty', ''],
    ['is not a hash', 'x'],
    ['is the password itself', 'correct horse'],
    ['asks for 4 GiB', phc('argon2id', 'v=19$m=4194304,t=1,p=1')],
    ['asks for 2^32 - 1 passes', phc('argon2id', 'v=19$m=8,t=4294967295,p=1')],
    ['asks for 255 lanes', phc('argon2id', 'v=19$m=262144,t=1,p=255')],
    ['asks for numbers out of range', phc('argon2id', `v=19$m=${'9'.repeat(400)},t=1,p=1`)],
    ['asks for zero memory and passes', phc('argon2id', 'v=19$m=0,t=0,p=0')],
    ['is of an older version', phc('argon2id', 'v=16$m=19456,t=2,p=1')],
    ['is a bcrypt hash', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'],
    ['has no salt', '$argon2id$v=19$m=19456,t=2,p=1$$' + tag],
    ['has an empty tag', `$argon2id$v=19$m=19456,t=2,p=1$${salt}$`],
    ['ends in a newline', `${phc('argon2id', 'v=19$m=19456,t=2,p=1')}\n`],
    ['has more lanes than memory', phc('argon2id', 'v=19$m=64,t=1,p=9')],
    ['has its parameters in another order', phc('argon2id', 'v=19$m=19456,p=1,t=2')],
    ['has an extra parameter', phc('argon2id', 'v=19$m=19456,t=2,p=1,keyid=AAAA')],
  ])('that %s refuses every password within 1 s and 100 MB', async (_, text) => {
    const { id, email, password } = await registerPerson(app)
    await writeHash(id, text)
    const memory = process.resourceUsage().maxRSS
    const start = performance.now()
    expect(getAuthError(await login(email, password)).code).toBe('INVALID_CREDENTIALS')
    expect(performance.now() - start).toBeLessThan(1_000)
    expect(process.resourceUsage().maxRSS - memory).toBeLessThan(100_000) // kB
    expect(await storedHash(id)).toBe(text)
  })

  // One library accepts these and another does not. The result must not depend on the installed library.
  test.each([
    ['with a leading zero', (text: string) => text.replace('m=19456', 'm=019456')],
    ['with padding', (text: string) => `${text}=`],
    ['with bits beyond its last byte', (text: string) => text.slice(0, -1) + strayBit(text)],
  ])('spelled %s refuses even the right password', async (_, spelled) => {
    const { id, email, password } = await registerPerson(app)
    getAuthPayload(await login(email, password))
    await writeHash(id, spelled(await storedHash(id)))
    expect(getAuthError(await login(email, password)).code).toBe('INVALID_CREDENTIALS')
  })

  test.each([
    ['Argon2i', argon2i],
    ['Argon2d', argon2d],
  ])('of %s refuses even the right password', async (_, type) => {
    const { id, email, password } = await registerPerson(app)
    await writeHash(id, await hash(password, { type, memoryCost: 19_456, timeCost: 2 }))
    expect(getAuthError(await login(email, password)).code).toBe('INVALID_CREDENTIALS')
  })
})

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Sets an unused bit: the last of 43 characters has four bits of the last byte and two unused bits. */
const strayBit = (text: string) => alphabet.charAt(alphabet.indexOf(text.slice(-1)) + 1)
