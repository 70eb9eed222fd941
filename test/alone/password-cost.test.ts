// The password policy must not block the event loop for any input. Its pattern estimator takes more than linear time,
// and one request of an attacker must not stop all others (CWE-407).
import { expect, it } from 'vitest'
import { createPasswordPolicy } from '../../src/features/passwords/password-policy.js'
import { hostilePasswords } from '../support/hostile/hostile-passwords.js'

const maxMs = 10
const rounds = 5
const lengths = [8, 15, 31, 32, 33, 63, 64, 128, 255, 256]

const policy = createPasswordPolicy({
  minLength: 8,
  productWords: ['latchkey', 'login', 'example'],
  isBreached: () => Promise.resolve(false),
})
// The maximum number and length of words of an account.
const owner = {
  email: `${'1qaz'.repeat(16)}@${'l33t.'.repeat(30)}example`,
  username: '1a'.repeat(25),
  name: 'a1 '.repeat(33),
}

/** Milliseconds of CPU, so that other processes do not count. */
async function cpuMsOf(password: string) {
  const before = process.cpuUsage()
  await policy(password, owner)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

it.each(Object.keys(hostilePasswords))('%s', async (name) => {
  for (const length of lengths) {
    const password = hostilePasswords[name]?.(length) ?? ''
    let bestMs = Infinity
    for (let round = 0; round < rounds; round += 1) {
      bestMs = Math.min(bestMs, await cpuMsOf(password))
    }
    expect(bestMs, `${length} characters`).toBeLessThan(maxMs)
  }
})
