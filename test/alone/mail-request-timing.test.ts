// Timing attacks on mail requests. A reset could look up the account, create a token and talk to the relay before it
// answers. Then it would take longer for known addresses and reveal accounts (OWASP Forgot Password Cheat Sheet,
// "consistent time"; CVE-2025-22234 and similar). So a request writes one row only, and the state of the relay does not
// affect its time. The same holds for registrations with EMAIL_VERIFICATION=required.
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

/** A port that refuses connections. */
async function startClosedPort() {
  const silentServer = await startSilentServer()
  await silentServer.close()
  return { url: silentServer.url, close: () => Promise.resolve() }
}

describe.each([
  ['accepts messages', startMailbox],
  ['accepts connections but never answers', startSilentServer],
  ['refuses connections', startClosedPort],
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

  it('the time of a reset request does not reveal accounts', testOptions, () =>
    expectSameTime(
      `requestPasswordReset, the relay ${state}`,
      createPair(async (email) => {
        const { data } = await requestPasswordReset(app, email)
        expect(data?.requestPasswordReset?.email).toBe(email)
      }, knownEmails),
      tries,
    ),
  )

  it('the time of a verification request does not reveal accounts', testOptions, () =>
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

describe('the time of a refusal does not reveal whether an account exists', async () => {
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
  'the time of a registration with required verification does not reveal accounts',
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
