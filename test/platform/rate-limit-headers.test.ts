import { afterAll, describe, expect, it } from 'vitest'
import { LoginDocument, RegisterDocument } from '@latchkey/client/operations'
import { call, me, newEmail, registerPerson, type Answer } from '../support/app/client.js'
import {
  forwardedFor,
  newIp,
  startRateLimitedApp,
  tally,
  tryLogin,
} from '../support/app/rate-limits.js'
import { trackChanges } from '../support/database/track-changes.js'

const app = await startRateLimitedApp()
afterAll(app.close)

/** The rate limit headers of a response, sorted by name. */
const rateLimitHeadersOf = ({ headers }: Pick<Answer<unknown>, 'headers'>) =>
  Object.fromEntries(
    [...headers].filter(([name]) => name.startsWith('ratelimit') || name === 'retry-after'),
  )

const expectedHeaders = (
  limit: number,
  remaining: number,
  resetSeconds: number,
  windowSeconds: number,
) => ({
  'ratelimit-limit': String(limit),
  'ratelimit-policy': `${limit};w=${windowSeconds}`,
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': String(resetSeconds),
})

/** Too long to be correct. It is refused like any wrong password, but costs no hash. */
const tooLongPassword = 'x'.repeat(300)

const login = (ip: string, email = newEmail()) =>
  call(
    app,
    LoginDocument,
    { input: { email, password: tooLongPassword } },
    {
      headers: forwardedFor(ip),
    },
  )
const register = (ip: string, email = newEmail()) =>
  call(
    app,
    RegisterDocument,
    { input: { email, password: 'short' } },
    { headers: forwardedFor(ip) },
  )

describe('the rate limit headers', () => {
  it('count down the budget, and report when the oldest attempt leaves the window', async () => {
    const ip = newIp()
    expect(rateLimitHeadersOf(await login(ip))).toEqual(expectedHeaders(20, 19, 60, 60))
    app.clock.advance('20s')
    for (let left = 18; left >= 0; left -= 1) {
      expect(rateLimitHeadersOf(await login(ip))).toEqual(expectedHeaders(20, left, 40, 60))
    }
    const refused = await login(ip)
    expect(refused.status).toBe(200)
    expect(rateLimitHeadersOf(refused)).toEqual({
      ...expectedHeaders(20, 0, 40, 60),
      'retry-after': '40',
    })
    expect(refused.errors).toMatchObject([
      { path: ['login'], extensions: { code: 'RATE_LIMITED', retryAfter: 40 } },
    ])
    expect(refused.data).toEqual({ login: null })
  })

  it('are exact: an attempt succeeds after the reported seconds, and not before', async () => {
    const ip = newIp()
    const attempt = () => tryLogin(app, { email: newEmail(), password: tooLongPassword, ip })
    await login(ip)
    app.clock.advance('500ms')
    for (let i = 0; i < 19; i += 1) await login(ip)
    expect(await attempt()).toBe('RATE_LIMITED 60') // 59.5 s rounded up, so never too early
    app.clock.advance('59499ms')
    const { result, touched } = await trackChanges(app, attempt)
    expect([result, touched]).toEqual(['RATE_LIMITED 1', []])
    app.clock.advance('1ms')
    expect(await attempt()).toBe('INVALID_CREDENTIALS')
    // The window slides: the other nineteen attempts are still in it.
    expect(await attempt()).toBe('RATE_LIMITED 1')
    app.clock.advance('500ms')
    const later = await Promise.all(Array.from({ length: 20 }, attempt))
    expect(tally(later)).toEqual({ INVALID_CREDENTIALS: 19, 'RATE_LIMITED 60': 1 })
  })

  it('report the rule with the smallest remaining budget', async () => {
    const ip = newIp()
    for (let hour = 0; hour < 4; hour += 1) {
      for (let i = 0; i < 20; i += 1) await register(ip)
      app.clock.advance('1m')
    }
    for (let i = 0; i < 10; i += 1) await register(ip)
    expect(rateLimitHeadersOf(await register(ip))).toEqual(expectedHeaders(100, 9, 3_360, 3_600))
    for (let i = 0; i < 8; i += 1) await register(ip)
    // 1 of 20 per minute is left, and 1 of 100 per hour. The hourly budget takes longer to recover.
    expect(rateLimitHeadersOf(await register(ip))).toEqual(expectedHeaders(100, 0, 3_360, 3_600))
  })

  it('reveal nothing about the budget of a typed e-mail address, even when it is used up', async () => {
    const [email, ip] = [newEmail(), newIp()]
    for (let i = 0; i < 9; i += 1) await register(newIp(), email)
    expect(rateLimitHeadersOf(await register(ip, email))).toEqual(expectedHeaders(20, 19, 60, 60))
    const refused = rateLimitHeadersOf(await register(ip, email))
    expect(refused).toEqual({ ...expectedHeaders(20, 18, 60, 60), 'retry-after': '3600' })
  })

  it('are absent without limits', async () => {
    const person = await registerPerson(app)
    const answers = [
      await me(app, person.accessToken),
      await call(app, '{ authSettings { registrationOpen } }', {}),
      await call(app, '{ nothing }', {}),
    ]
    for (const answer of answers) expect(rateLimitHeadersOf(answer)).toEqual({})
  })

  it('are readable by pages of other origins', async () => {
    const headers = { origin: 'https://app.example.com' }
    const { headers: sent } = await call(app, '{ __typename }', {}, { headers })
    const exposed = sent.get('access-control-expose-headers') ?? ''
    for (const name of [...Object.keys(expectedHeaders(1, 1, 1, 1)), 'retry-after']) {
      expect(exposed).toContain(name)
    }
  })
})
