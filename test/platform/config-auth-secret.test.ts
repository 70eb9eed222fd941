import { randomBytes } from 'node:crypto'
import { describe, expect, it, test } from 'vitest'
import { parseConfig } from '../../src/compose/config/config.js'

const secret = randomBytes(32).toString('base64')

function expectRefusal(environment: Record<string, string>) {
  expect(() => parseConfig(environment)).toThrow(/AUTH_SECRET .*openssl rand -base64 32/)
}

describe('AUTH_SECRET', () => {
  test.each([
    ['32 random bytes', randomBytes(32).toString('base64')],
    ['64 random bytes', randomBytes(64).toString('base64')],
    ['base64url', randomBytes(32).toString('base64url')],
    ['64 random hex digits', randomBytes(32).toString('hex')],
  ])('may be %s', (_, text) => {
    expect(parseConfig({ AUTH_SECRET: text }).authSecrets).toHaveLength(1)
  })

  test.each([
    ['31 bytes', randomBytes(31).toString('base64')],
    ['a word', 'secret'],
    ['a sentence', 'correct horse battery staple, correct horse battery staple'],
    ['one letter', 'a'.repeat(44)],
    ['a repeated word', 'changeme'.repeat(8)],
    ['counting', '0123456789abcdef'.repeat(4)],
    ['zeros', Buffer.alloc(32).toString('base64')],
    ['a weak one in a list', `${secret},${'changeme'.repeat(8)}`],
    ['an empty one in a list', `${secret},`],
    ['two separated by a space', `${secret} ${secret}`],
  ])('may not be %s', (_, text) => {
    expectRefusal({ AUTH_SECRET: text })
  })

  test.each([
    ['a repeated phrase', 'supersecretsupersecretsupersecretsupersecret'],
    ['a repeated passphrase', 'correcthorsebatterystaplecorrecthorsebatterystaple'],
    ['rows of the keyboard', 'qwertyuiopasdfghjklzxcvbnmqwertyuiopasdfghjkl'],
    ['counting bytes', Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('base64')],
  ])('may not be %s, even with different bytes', (_, text) => {
    expectRefusal({ AUTH_SECRET: text })
  })

  it('is required with DATABASE_URL', () => {
    const DATABASE_URL = 'postgresql://localhost/latchkey'
    expectRefusal({ DATABASE_URL })
    expect(parseConfig({ DATABASE_URL, AUTH_SECRET: secret }).postgres).not.toBeNull()
  })
})
