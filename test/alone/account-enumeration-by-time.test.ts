// An address that nobody has is refused before a password is hashed, and the stopwatch tells who is a customer
// (OWASP Authentication Cheat Sheet; ASVS 6.3.8), or only passwords of some lengths are (CVE-2025-22234).
// An unknown address costs the same verification as a known one: over 60 interleaved tries the two cannot be told apart.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LoginDocument } from '../../src/generated/operations.js'
import { startApp } from '../support/app.js'
import { call, failure, newEmail, registerPerson } from '../support/client.js'
import { mannWhitneyZ, median } from '../support/statistics.js'

const app = await startApp()
afterAll(app.close)

const tries = 60
let known: string
beforeAll(async () => {
  known = (await registerPerson(app)).email
  for (let i = 0; i < 10; i += 1) await timeOf(i % 2 ? known : newEmail(), 'to warm up')
})

async function timeOf(email: string, password: string) {
  const start = performance.now()
  const { data } = await call(app, LoginDocument, { input: { email, password } })
  const time = performance.now() - start
  expect(failure(data?.login).code).toBe('INVALID_CREDENTIALS')
  return time
}

/** In turns, and each first in every other turn, so that whatever else happens meets both alike. */
async function compare(password: string) {
  const unknownTimes: number[] = []
  const knownTimes: number[] = []
  for (let i = 0; i < tries; i += 1) {
    const pair = [
      async () => unknownTimes.push(await timeOf(newEmail(), password)),
      async () => knownTimes.push(await timeOf(known, password)),
    ]
    for (const attempt of i % 2 ? pair : pair.toReversed()) await attempt()
  }
  const difference = Math.abs(median(unknownTimes) - median(knownTimes))
  const z = mannWhitneyZ(unknownTimes, knownTimes)
  return {
    difference,
    z,
    same: difference < 2 || Math.abs(z) < 3.3,
    least: Math.min(...unknownTimes),
  }
}

it.each([
  ['an ordinary one', 'a wrong password', 5],
  ['one of 73 bytes', 'w'.repeat(73), 5],
  ['one of a kilobyte', 'w'.repeat(1_024), 0],
])(
  'the time tells nothing of who exists, for a wrong password: %s',
  { timeout: 120_000, retry: 1 },
  async (_, password, leastTime) => {
    const { same, difference, z, least } = await compare(password)
    expect(same, `medians ${difference.toFixed(2)} ms apart, z = ${z.toFixed(2)}`).toBe(true)
    // Not by hashing for nobody.
    expect(least).toBeGreaterThan(leastTime)
  },
)
