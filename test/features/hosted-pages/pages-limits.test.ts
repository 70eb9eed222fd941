import { afterAll, describe, expect, it } from 'vitest'
import { ResetPasswordDocument, VerifyEmailDocument } from '@latchkey/client/operations'
import { call, goodPassword } from '../../support/app/client.js'
import {
  forwarded,
  newPlace,
  outcomeOf,
  ownerAt,
  startLimitedApp,
} from '../../support/app/limits.js'
import { tokenFor } from '../../support/mail/mail.js'
import {
  headingOf,
  inputsOf,
  problemsOf,
  requestLines,
  sendForm,
} from '../../support/browser/pages.js'
import { auditOf, watch } from '../../support/database/watch.js'

// One hash at a time, and one that waits.
const app = await startLimitedApp({ env: { ARGON2_CONCURRENCY: '1', ARGON2_QUEUE: '1' } })
afterAll(app.close)

const form = async (path: string, fields: Record<string, string>, from: string) => {
  const answer = await sendForm(app, path, fields, forwarded(from))
  return { ...answer, retryAfter: answer.headers.get('retry-after') }
}

describe('attempts by the form and by GraphQL are counted together', () => {
  it('at resetting a password', async () => {
    const from = newPlace()
    const input = { token: 'x', newPassword: 'another horse entirely' }
    for (let i = 0; i < 10; i += 1) {
      const answer = await call(app, ResetPasswordDocument, { input }, { headers: forwarded(from) })
      expect(outcomeOf(answer)).toBe('INVALID_TOKEN')
      expect(problemsOf((await form('/reset-password', input, from)).html)).toHaveLength(1)
    }
    const refused = await form('/reset-password', input, from)
    expect([refused.status, refused.retryAfter]).toEqual([429, '60'])
    expect(problemsOf(refused.html)).toEqual(['Too many attempts.', 'Try again in 60 seconds.'])
    expect(inputsOf(refused.html)).toMatchObject([{ value: 'x' }, { value: '' }])
    const answer = await call(app, ResetPasswordDocument, { input }, { headers: forwarded(from) })
    expect(outcomeOf(answer)).toBe('RATE_LIMITED 60')
    expect(requestLines(app, '/reset-password').at(-1)).toMatchObject({
      status: 429,
      errors: ['RATE_LIMITED'],
      ip: from,
    })
    expect((await form('/reset-password', input, newPlace())).status).toBe(400)
    app.clock.advance('1m')
    expect((await form('/reset-password', input, from)).status).toBe(400)
  })

  it('at guessing the password of an account', async () => {
    const { email } = await ownerAt(app)
    const token = await tokenFor(app, email)
    const from = newPlace()
    const headers = forwarded(from)
    const guess = () => form('/verify-email', { token, password: 'a guess' }, from)
    for (let i = 0; i < 3; i += 1) expect((await guess()).status).toBe(400)
    const input = { token, password: 'a guess' }
    for (let i = 0; i < 2; i += 1) {
      const answer = await call(app, VerifyEmailDocument, { input }, { headers })
      expect(outcomeOf(answer)).toBe('INVALID_CREDENTIALS')
    }
    const { result, touched } = await watch(app, guess)
    expect([result.status, result.retryAfter]).toEqual([429, '1'])
    expect(problemsOf(result.html)[1]).toBe('Try again in 1 second.')
    expect(touched).toEqual([])
    app.clock.advance('1s')
    expect((await form('/verify-email', { token, password: goodPassword }, from)).status).toBe(200)
  })
})

it('a form that meets a busy service can be sent again: nothing was written, counted or used up', async () => {
  const { email, id, from } = await ownerAt(app)
  const token = await tokenFor(app, email)
  const verify = (password: string) => form('/verify-email', { token, password }, from)
  const guesses = Array.from({ length: 5 }, () => verify('a guess'))
  const { result: answers } = await watch(app, () => Promise.all(guesses))
  const busy = answers.filter(({ status }) => status === 503)
  const wrong = answers.filter(({ status }) => status === 400)
  expect([busy.length > 0, wrong.length > 0, busy.length + wrong.length]).toEqual([true, true, 5])
  for (const { html, retryAfter } of busy) {
    expect(Number(retryAfter)).toBeGreaterThan(0)
    expect(headingOf(html)).toBe('Confirm your address')
    expect(problemsOf(html)[0]).toBe('The service is very busy at the moment.')
    expect(inputsOf(html)).toMatchObject([{ value: token }, { value: '' }])
  }
  const recorded = (await auditOf(app, id)).filter(({ success }) => !success)
  expect(recorded).toHaveLength(wrong.length)
  expect((await verify(goodPassword)).status).toBe(200)
})
