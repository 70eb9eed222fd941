// A reset that looks the account up, makes a token and talks to the relay before it answers takes longer for those who
// have an account, and the stopwatch tells who is a customer (OWASP Forgot Password Cheat Sheet, "consistent time";
// CVE-2025-22234 and its like). A request writes one row and no more: the two cannot be told apart,
// whatever the relay does meanwhile; nor can a registration where addresses are verified first.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RegisterDocument } from '@latchkey/client/operations'
import { startApp, type TestApp } from '../support/app/app.js'
import { call, goodPassword, newEmail, registerPerson } from '../support/app/client.js'
import { forwardedFor, newIp, startRateLimitedApp } from '../support/app/rate-limits.js'
import { requestPasswordReset, requestVerification } from '../support/mail/mailed-links.js'
import { startSilentServer, startMailbox } from '../support/mail/mailbox.js'
import { expectSameTime } from '../support/app/same-time.js'

const tries = 100
const testOptions = { timeout: 120_000 }

type MailRequest = (email: string) => Promise<unknown>

const createPair = (attempt: MailRequest, knownEmails: readonly string[]) => ({
  known: (i: number) => attempt(knownEmails[i % knownEmails.length] ?? ''),
  unknown: () => attempt(newEmail()),
})

const MAIL_FROM = 'Sample <no-reply@sample.example>'

/** Nobody listens there any more. */
async function startClosedPort() {
  const silentServer = await startSilentServer()
  await silentServer.close()
  return { url: silentServer.url, close: () => Promise.resolve() }
}

describe.each([
  ['takes messages', startMailbox],
  ['takes connections and is silent', startSilentServer],
  ['is not there', startClosedPort],
])('the relay %s', (state, startRelay) => {
  let app: TestApp
  let relay: { url: string; close: () => Promise<void> }
  const knownEmails: string[] = []
  beforeAll(async () => {
    relay = await startRelay()
    const env = { SMTP_URL: relay.url, MAIL_FROM }
    app = await startApp({ env, jobs: 'background' })
    for (let i = 0; i < 6; i += 1) knownEmails.push((await registerPerson(app)).email)
  })
  afterAll(async () => {
    await app.close()
    await relay.close()
  })

  it('the time tells nothing of whose password can be reset', testOptions, () =>
    expectSameTime(
      `requestPasswordReset, the relay ${state}`,
      createPair(async (email) => {
        const { data } = await requestPasswordReset(app, email)
        expect(data?.requestPasswordReset?.email).toBe(email)
      }, knownEmails),
      tries,
    ),
  )

  it('nor of who is yet to be verified', testOptions, () =>
    expectSameTime(
      `requestEmailVerification, the relay ${state}`,
      createPair(async (email) => {
        const { data } = await requestVerification(app, email)
        expect(data?.requestEmailVerification?.email).toBe(email)
      }, knownEmails),
      tries,
    ),
  )
})

describe('the time of a refusal tells nothing of who has an account', async () => {
  const app = await startRateLimitedApp()
  afterAll(app.close)

  it.each([
    ['requestPasswordReset', requestPasswordReset],
    ['requestEmailVerification', requestVerification],
  ] as const)('by %s', testOptions, async (name, ask) => {
    const request = (email: string) => ask(app, email, { headers: forwardedFor(newIp()) })
    const [known, unknown] = [(await registerPerson(app)).email, newEmail()]
    for (const email of [known, unknown]) for (let i = 0; i < 5; i += 1) await request(email)
    const refused = (email: string) => async () => {
      expect((await request(email)).errors[0]?.extensions['code']).toBe('RATE_LIMITED')
    }
    await expectSameTime(
      `${name}, refused`,
      { known: refused(known), unknown: refused(unknown) },
      300,
    )
  })
})

it(
  'the time tells nothing of who is registered where addresses are verified first',
  testOptions,
  async () => {
    const relay = await startMailbox()
    const env = { SMTP_URL: relay.url, MAIL_FROM, EMAIL_VERIFICATION: 'required' }
    const app = await startApp({ env, jobs: 'background' })
    const register = async (email: string) => {
      const { data } = await call(app, RegisterDocument, {
        input: { email, password: goodPassword },
      })
      expect(data?.register).toEqual({ __typename: 'EmailVerificationRequired', email })
    }
    try {
      const taken = newEmail()
      await register(taken)
      await expectSameTime('register, required', createPair(register, [taken]), 80)
    } finally {
      await app.close()
      await relay.close()
    }
  },
)
