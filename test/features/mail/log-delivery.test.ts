import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  RequestPasswordResetDocument,
  ResetPasswordDocument,
  VerifyEmailDocument,
} from '@latchkey/client/operations'
import { startApp, type TestApp } from '../../support/app/app.js'
import { call, registerPerson } from '../../support/app/client.js'
import { createPersistentDatabase } from '../../support/database/persistent-database.js'
import { smtpError } from '../../support/mail/mailbox.js'
import { findEmailJobs, startRelay } from '../../support/processes/smtp-relay.js'

const relay = await startRelay()
afterAll(relay.close)

const MAIL_FROM = 'no-reply@example.org'
const askForReset = (app: TestApp, email: string) =>
  call(app, RequestPasswordResetDocument, { input: { email } })

it('without SMTP_URL, developers find a working link in the log', async () => {
  const app = await startApp({ env: { NODE_ENV: 'development', LOG_LEVEL: 'info' } })
  onTestFinished(app.close)
  const { email, password } = await registerPerson(app)
  await app.deliver()
  const lines = app.logLines.map((line) => JSON.parse(line) as Record<string, string>)
  const [line] = lines.filter(({ to }) => to === email)
  expect(line).toMatchObject({ kind: 'VERIFY_EMAIL', level: 'info' })
  const link = new URL(line?.['link'] ?? '')
  expect(link.href).toMatch(/^http:\/\/localhost:4000\/verify-email\?token=[\w-]{43}$/)
  const input = { token: link.searchParams.get('token') ?? '', password }
  const { data } = await call(app, VerifyEmailDocument, { input })
  expect(data?.verifyEmail).toMatchObject({ emailVerified: true })
})

it('in production the log has no link: the e-mail becomes a dead letter, and can be sent with a relay', async () => {
  const target = await createPersistentDatabase()
  const production = {
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://auth.example.com',
    LOG_LEVEL: 'trace',
  }
  const without = await startApp({ env: production, target })
  const { email } = await registerPerson(without)
  await without.deliver()
  expect(await findEmailJobs(without, email)).toMatchObject([
    { status: 'DEAD', lastError: 'SMTP_URL is not set', sealedToken: null, attempts: 1 },
  ])
  expect(without.logLines.join('')).toContain('SMTP_URL is not set')
  expect(without.logLines.join('')).not.toMatch(/token=|verify-email/)
  await without.close()

  const app = await startApp({ env: { ...production, SMTP_URL: relay.url, MAIL_FROM }, target })
  await app.deliver()
  expect(relay.to(email)).toEqual([])
  expect(await app.app.services.outbox.requeue(null)).toBe(1)
  await app.deliver()
  expect(relay.to(email)[0]?.mail.text).toContain('https://auth.example.com/verify-email?token=')
  await app.close()
})

describe('with SMTP_URL, no log line contains a token', async () => {
  const app = await startApp({ env: { SMTP_URL: relay.url, MAIL_FROM, LOG_LEVEL: 'trace' } })
  afterAll(app.close)

  it.each([
    ['an accepted e-mail', () => null],
    ['a delayed e-mail', () => smtpError(451, 'later')],
    ['a dead letter', () => smtpError(550, 'no')],
    [
      'a link that the relay repeats in its refusal',
      (token: string) =>
        smtpError(451, `refused for https://localhost:4000/reset-password?token=${token}`),
    ],
  ])('for %s', async (_, answer) => {
    const { email } = await registerPerson(app)
    await app.deliver()
    await askForReset(app, email)
    relay.setRefusal((stage) => (stage === 'data' ? answer(relay.currentToken()) : null))
    onTestFinished(relay.reset)
    await app.deliver()
    await relay.reset()
    app.clock.advance('16s')
    await app.deliver()
    const token = relay.to(email).at(-1)?.token ?? ''
    const input = { token, newPassword: 'another horse, another battery' }
    await call(app, ResetPasswordDocument, { input })
    await app.deliver()
    const log = app.logLines.join('')
    expect(relay.to(email).length).toBeGreaterThan(1)
    for (const each of relay.to(email)) if (each.token) expect(log).not.toContain(each.token)
    expect(JSON.stringify(await findEmailJobs(app, email))).not.toContain(token)
  })
})
