// ASVS 5.0 6.2.4, NIST SP 800-63B-4 §3.1.1.2: passwords that attackers try first are refused. The tests use lists that
// the code does not use, and strong passwords that must pass.
import { describe, expect, it, test } from 'vitest'
import {
  createPasswordPolicy,
  type PasswordOwner,
} from '../../../src/features/passwords/password-policy.js'
import {
  generatedPasswords,
  readPasswordList,
  passphrases,
  thoughtfulPasswords,
} from '../../support/hostile/password-samples.js'

const policies = new Map(
  [8, 15].map((minLength) => [
    minLength,
    createPasswordPolicy({
      minLength,
      productWords: ['latchkey'],
      isBreached: () => Promise.resolve(false),
    }),
  ]),
)

const emptyOwner = { email: 'quixote@example.com', username: null, name: null }

async function problemsOf(password: string, minLength: number, owner: PasswordOwner = emptyOwner) {
  const verdict = await policies.get(minLength)?.(password, owner)
  return verdict?.kind === 'weak-password' ? verdict.passwordProblems : []
}

async function acceptedWithMinimum(passwords: readonly string[], minLength: number) {
  const passing: string[] = []
  for (const password of passwords) {
    if ((await problemsOf(password, minLength)).length === 0) passing.push(password)
  }
  return passing
}

/**
 * The passwords that pass. Checks each with a minimum length of 15 if it is that long, otherwise with 8. A password
 * that passes with 15 also passes with 8.
 */
async function acceptedUnderStrictest(passwords: readonly string[]) {
  const isLong = (password: string) => Array.from(password).length >= 15
  const short = passwords.filter((password) => !isLong(password))
  return [
    ...(await acceptedWithMinimum(short, 8)),
    ...(await acceptedWithMinimum(passwords.filter(isLong), 15)),
  ]
}

describe('common passwords of an independent list are refused', () => {
  test.each([
    ['openwall', 8, 600, 0.01],
    ['seclists', 8, 5_000, 0.01],
    ['seclists', 15, 25, 0.05],
  ] as const)(
    '%s, %d characters or more (over %d passwords): at most a share of %d passes',
    async (...row) => {
      const [list, minLength, minCount, maxShare] = row
      const passwords = readPasswordList(list, minLength)
      expect(passwords.length).toBeGreaterThan(minCount)
      const passing = await acceptedWithMinimum(passwords, minLength)
      expect(passing.length / passwords.length, passing.join(' ')).toBeLessThanOrEqual(maxShare)
    },
  )
})

describe('strong passwords are accepted', () => {
  it.each([
    ['random passphrases of four words or more', passphrases(1_000)],
    ['generated passwords of 12 characters or more', generatedPasswords(1_000)],
    ['carefully chosen passwords', thoughtfulPasswords],
  ])('%s', async (_, passwords) => {
    expect((await acceptedUnderStrictest(passwords)).sort()).toEqual(passwords.toSorted())
  })
})

describe('patterns are TOO_COMMON', () => {
  test.each([
    ['digits backwards', '0987654321', 8],
    ['a row of keys backwards', 'poiuytrewq', 8],
    ['two rows of keys', 'qwertyuiopasdfghjkl', 15],
    ['a row of digits and a row of keys', '1234567890qwertyuiop', 15],
    ['columns of keys', '1qaz2wsx3edc4rfv5tgb', 15],
    ['a keyboard walk that no list contains', 'zsexdrcftvgy', 8],
    ['a row of AZERTY', 'Azertyuiop1', 8],
    ['a common word in l33t', 'P@55w0rd2031', 8],
    ['a common word backwards', 'nogard1995', 8],
    ['a date', '20.04.1995', 8],
    ['a common word, repeated', 'dragondragondragon', 15],
    ['letters and digits in rows', 'abcdefgh12345678', 15],
  ])('%s: %s', async (_, password, minLength) => {
    expect(await problemsOf(password, minLength)).toEqual(['TOO_COMMON'])
  })

  it('one strong half makes a password strong', async () => {
    const weak = `${'qw'.repeat(8)}${'12'.repeat(8)}`
    expect(await problemsOf(weak, 8)).toEqual(['TOO_COMMON'])
    expect(await problemsOf(`${weak}kettle violin moss`, 8)).toEqual([])
    expect(await problemsOf(`kettle violin moss ${weak}`, 8)).toEqual([])
  })

  it('the words of the account count as the first guesses', async () => {
    const ownerNamedGrace = { ...emptyOwner, username: 'wintergreen' }
    const personal = await problemsOf('wintergreen-2031', 8, ownerNamedGrace)
    expect(personal).toEqual(['CONTAINS_PERSONAL_INFORMATION'])
    expect(await problemsOf('wintergreendragon', 8, ownerNamedGrace)).toEqual(['TOO_COMMON'])
    expect(await problemsOf('wintergreendragon', 8)).toEqual([])
  })
})
