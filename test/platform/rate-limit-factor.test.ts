import { describe, expect, it, onTestFinished } from 'vitest'
import { parseConfig } from '../../src/compose/config/config.js'
import { LoginDocument } from '@latchkey/client/operations'
import { call, newEmail, type Answer, type Server } from '../support/app/client.js'
import { forwardedFor, newIp, startRateLimitedApp, tryLogin } from '../support/app/rate-limits.js'

const wrong = 'a wrong password'

const login = (app: Server, from: string, email = newEmail()) =>
  call(app, LoginDocument, { input: { email, password: wrong } }, { headers: forwardedFor(from) })

const rateLimitHeadersOf = ({ headers }: Pick<Answer<unknown>, 'headers'>) =>
  ['limit', 'remaining', 'policy'].map((name) => headers.get(`ratelimit-${name}`))

describe('RATE_LIMIT_FACTOR', () => {
  it.each([
    ['2', { limit: 40, freeFailures: 10 }],
    ['0.5', { limit: 10, freeFailures: 3 }],
    ['0.001', { limit: 1, freeFailures: 1 }],
  ])('%s multiplies every budget', async (factor, { limit, freeFailures }) => {
    const other = await startRateLimitedApp({ env: { RATE_LIMIT_FACTOR: factor } })
    onTestFinished(other.close)
    expect(rateLimitHeadersOf(await login(other, newIp()))).toEqual([
      String(limit),
      String(limit - 1),
      `${limit};w=60`,
    ])
    const email = newEmail()
    const guess = () => tryLogin(other, { email, password: wrong, ip: newIp() })
    for (let i = 0; i < freeFailures; i += 1) expect(await guess()).toBe('INVALID_CREDENTIALS')
    expect(await guess()).toBe('RATE_LIMITED 1')
  })

  it('0 turns limits and lockout off', async () => {
    const other = await startRateLimitedApp({ env: { RATE_LIMIT_FACTOR: '0' } })
    onTestFinished(other.close)
    const [email, from] = [newEmail(), newIp()]
    for (let i = 0; i < 25; i += 1) {
      const answer = await login(other, from, email)
      expect([rateLimitHeadersOf(answer), answer.errors]).toEqual([[null, null, null], []])
    }
  })

  it('0 is refused in production', () => {
    const production = { NODE_ENV: 'production', PUBLIC_URL: 'https://auth.example.com' }
    const start = (RATE_LIMIT_FACTOR: string) => parseConfig({ ...production, RATE_LIMIT_FACTOR })
    expect(() => start('0')).toThrow(/RATE_LIMIT_FACTOR must not be 0 in production/)
    expect(() => start('0.0')).toThrow(/RATE_LIMIT_FACTOR/)
    expect(() => start('-1')).toThrow(/RATE_LIMIT_FACTOR/)
    expect(start('0.1').rateLimitFactor).toBe(0.1)
  })
})
