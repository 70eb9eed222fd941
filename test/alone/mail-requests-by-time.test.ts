// A reset that looks the account up, makes a token and talks to the relay before it answers takes longer for those who
// have an account, and the stopwatch tells who is a customer (OWASP Forgot Password Cheat Sheet, "consistent time";
// CVE-2025-22234 and its like). A request writes one row and no more: over 60 interleaved tries the two cannot be told
// apart, whatever the relay does meanwhile; nor can a registration where addresses are verified first.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RegisterDocument } from '../../src/generated/operations.js'
import { startApp, type TestApp } from '../support/app.js'
import { call, goodPassword, newEmail, registerPerson } from '../support/client.js'
import { askForReset } from '../support/mailed-links.js'
import { startBlackHole, startMailbox } from '../support/mailbox.js'
import { mannWhitneyZ, median } from '../support/statistics.js'

const tries = 60

type Try = (email: string) => Promise<unknown>

async function timeOf(attempt: Try, email: string) {
  const start = performance.now()
  await attempt(email)
  return performance.now() - start
}

/** In turns, and each first in every other turn, so that whatever else happens meets both alike. */
async function compare(attempt: Try, knownAt: (i: number) => string) {
  const unknownTimes: number[] = []
  const knownTimes: number[] = []
  for (let i = 0; i < tries; i += 1) {
    const pair = [
      async () => unknownTimes.push(await timeOf(attempt, newEmail())),
      async () => knownTimes.push(await timeOf(attempt, knownAt(i))),
    ]
    for (const one of i % 2 ? pair : pair.toReversed()) await one()
  }
  const difference = Math.abs(median(unknownTimes) - median(knownTimes))
  const z = mannWhitneyZ(unknownTimes, knownTimes)
  return { difference, z, same: difference < 2 || Math.abs(z) < 3.3 }
}

async function expectAlike(attempt: Try, people: readonly string[]) {
  const knownAt = (i: number) => people[i % people.length] ?? ''
  for (let i = 0; i < 10; i += 1) await attempt(i % 2 ? knownAt(i) : newEmail()) // to warm up
  const { same, difference, z } = await compare(attempt, knownAt)
  expect(same, `medians ${difference.toFixed(2)} ms apart, z = ${z.toFixed(2)}`).toBe(true)
}

const MAIL_FROM = 'Sample <no-reply@sample.example>'

/** Nobody listens there any more. */
async function closedPort() {
  const hole = await startBlackHole()
  await hole.close()
  return { url: hole.url, close: () => Promise.resolve() }
}

describe.each([
  ['takes messages', startMailbox],
  ['takes connections and is silent', startBlackHole],
  ['is not there', closedPort],
])('the relay %s', (_, startRelay) => {
  let app: TestApp
  let relay: { url: string; close: () => Promise<void> }
  const people: string[] = []
  beforeAll(async () => {
    relay = await startRelay()
    const env = { SMTP_URL: relay.url, MAIL_FROM }
    app = await startApp({ env, delivery: 'background' })
    for (let i = 0; i < 6; i += 1) people.push((await registerPerson(app)).email)
  })
  afterAll(async () => {
    await app.close()
    await relay.close()
  })

  it('the time tells nothing of whose password can be reset', { timeout: 60_000, retry: 1 }, () =>
    expectAlike(async (email) => {
      const { data } = await askForReset(app, email)
      expect(data?.requestPasswordReset?.email).toBe(email)
    }, people),
  )
})

it(
  'the time tells nothing of who is registered where addresses are verified first',
  { timeout: 60_000, retry: 1 },
  async () => {
    const relay = await startMailbox()
    const env = { SMTP_URL: relay.url, MAIL_FROM, EMAIL_VERIFICATION: 'required' }
    const app = await startApp({ env, delivery: 'background' })
    const register = async (email: string) => {
      const { data } = await call(app, RegisterDocument, {
        input: { email, password: goodPassword },
      })
      expect(data?.register).toEqual({ __typename: 'EmailVerificationRequired', email })
    }
    try {
      const taken = newEmail()
      await register(taken)
      await expectAlike(register, [taken])
    } finally {
      await app.close()
      await relay.close()
    }
  },
)
