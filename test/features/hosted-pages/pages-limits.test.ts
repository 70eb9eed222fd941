import { afterAll, describe, expect, it } from 'vitest'
import { ResetPasswordDocument, VerifyEmailDocument } from '@latchkey/client/operations'
import { call, goodPassword } from '../../support/app/client.js'
import {
  forwardedFor,
  newIp,
  outcomeOf,
  registerFromIp,
  startRateLimitedApp,
} from '../../support/app/rate-limits.js'
import { getMailedToken } from '../../support/mail/mail.js'
import {
  headingOf,
  inputsOf,
  problemsOf,
  requestLogLines,
  sendForm,
} from '../../support/browser/hosted-pages.js'
import { findAuditEvents, trackChanges } from '../../support/database/track-changes.js'

// One hash at a time, and one in the queue.
const app = await startRateLimitedApp({ env: { ARGON2_CONCURRENCY: '1', ARGON2_QUEUE: '1' } })
afterAll(app.close)

const submitFrom = async (path: string, fields: Record<string, string>, ip: string) => {
  const answer = await sendForm(app, path, fields, forwardedFor(ip))
  return { ...answer, retryAfter: answer.headers.get('retry-after') }
}

describe('attempts through the form and through GraphQL count together', () => {
  it('for password resets', async () => {
    const ip = newIp()
    const input = { token: 'x', newPassword: 'another horse entirely' }
    for (let i = 0; i < 10; i += 1) {
      const answer = await call(
        app,
        ResetPasswordDocument,
        { input },
        { headers: forwardedFor(ip) },
      )
      expect(outcomeOf(answer)).toBe('INVALID_TOKEN')
      expect(problemsOf((await submitFrom('/reset-password', input, ip)).html)).toHaveLength(1)
    }
    const refused = await submitFrom('/reset-password', input, ip)
    expect([refused.status, refused.retryAfter]).toEqual([429, '60'])
    expect(problemsOf(refused.html)).toEqual(['Too many attempts.', 'Try again in 60 seconds.'])
    expect(inputsOf(refused.html)).toMatchObject([{ value: 'x' }, { value: '' }])
    const answer = await call(app, ResetPasswordDocument, { input }, { headers: forwardedFor(ip) })
    expect(outcomeOf(answer)).toBe('RATE_LIMITED 60')
    expect(requestLogLines(app, '/reset-password').at(-1)).toMatchObject({
      status: 429,
      errors: ['RATE_LIMITED'],
      ip,
    })
    expect((await submitFrom('/reset-password', input, newIp())).status).toBe(400)
    app.clock.advance('1m')
    expect((await submitFrom('/reset-password', input, ip)).status).toBe(400)
  })

  it('for password guesses', async () => {
    const { email } = await registerFromIp(app)
    const token = await getMailedToken(app, email)
    const ip = newIp()
    const headers = forwardedFor(ip)
    const guess = () => submitFrom('/verify-email', { token, password: 'a guess' }, ip)
    for (let i = 0; i < 3; i += 1) expect((await guess()).status).toBe(400)
    const input = { token, password: 'a guess' }
    for (let i = 0; i < 2; i += 1) {
      const answer = await call(app, VerifyEmailDocument, { input }, { headers })
      expect(outcomeOf(answer)).toBe('INVALID_CREDENTIALS')
    }
    const { result, touched } = await trackChanges(app, guess)
    expect([result.status, result.retryAfter]).toEqual([429, '1'])
    expect(problemsOf(result.html)[1]).toBe('Try again in 1 second.')
    expect(touched).toEqual([])
    app.clock.advance('1s')
    expect((await submitFrom('/verify-email', { token, password: goodPassword }, ip)).status).toBe(
      200,
    )
  })
})

it('a form can be sent again after an overload: nothing was written, counted or consumed', async () => {
  const { email, id, ip } = await registerFromIp(app)
  const token = await getMailedToken(app, email)
  const verify = (password: string) => submitFrom('/verify-email', { token, password }, ip)
  const guesses = Array.from({ length: 5 }, () => verify('a guess'))
  const { result: answers } = await trackChanges(app, () => Promise.all(guesses))
  const busy = answers.filter(({ status }) => status === 503)
  const wrong = answers.filter(({ status }) => status === 400)
  expect([busy.length > 0, wrong.length > 0, busy.length + wrong.length]).toEqual([true, true, 5])
  for (const { html, retryAfter } of busy) {
    expect(Number(retryAfter)).toBeGreaterThan(0)
    expect(headingOf(html)).toBe('Confirm your address')
    expect(problemsOf(html)[0]).toBe('The service is very busy at the moment.')
    expect(inputsOf(html)).toMatchObject([{ value: token }, { value: '' }])
  }
  const recorded = (await findAuditEvents(app, id)).filter(({ success }) => !success)
  expect(recorded).toHaveLength(wrong.length)
  expect((await verify(goodPassword)).status).toBe(200)
})
