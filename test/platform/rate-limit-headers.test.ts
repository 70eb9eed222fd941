import { afterAll, describe, expect, it } from 'vitest'
import { LoginDocument, RegisterDocument } from '@latchkey/client/operations'
import { call, me, newEmail, registerPerson, type Answer } from '../support/app/client.js'
import { forwarded, newPlace, startLimitedApp, tally, tryLogin } from '../support/app/limits.js'
import { watch } from '../support/database/watch.js'

const app = await startLimitedApp()
afterAll(app.close)

/** What an answer tells of the limits, in the order of the headers' names. */
const told = ({ headers }: Pick<Answer<unknown>, 'headers'>) =>
  Object.fromEntries(
    [...headers].filter(([name]) => name.startsWith('ratelimit') || name === 'retry-after'),
  )

const standing = (limit: number, remaining: number, reset: number, window: number) => ({
  'ratelimit-limit': String(limit),
  'ratelimit-policy': `${limit};w=${window}`,
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': String(reset),
})

/** Too long to be right: refused like any wrong one, and no time is spent on hashing it. */
const tooLong = 'x'.repeat(300)

const login = (from: string, email = newEmail()) =>
  call(
    app,
    LoginDocument,
    { input: { email, password: tooLong } },
    {
      headers: forwarded(from),
    },
  )
const register = (from: string, email = newEmail()) =>
  call(app, RegisterDocument, { input: { email, password: 'short' } }, { headers: forwarded(from) })

describe('the headers', () => {
  it('count down the budget, and tell when the oldest attempt leaves it', async () => {
    const from = newPlace()
    expect(told(await login(from))).toEqual(standing(20, 19, 60, 60))
    app.clock.advance('20s')
    for (let left = 18; left >= 0; left -= 1) {
      expect(told(await login(from))).toEqual(standing(20, left, 40, 60))
    }
    const refused = await login(from)
    expect(refused.status).toBe(200)
    expect(told(refused)).toEqual({ ...standing(20, 0, 40, 60), 'retry-after': '40' })
    expect(refused.errors).toMatchObject([
      { path: ['login'], extensions: { code: 'RATE_LIMITED', retryAfter: 40 } },
    ])
    expect(refused.data).toEqual({ login: null })
  })

  it('keep the promise: so many seconds later an attempt is granted, and none before', async () => {
    const from = newPlace()
    const attempt = () => tryLogin(app, { email: newEmail(), password: tooLong, from })
    await login(from)
    app.clock.advance('500ms')
    for (let i = 0; i < 19; i += 1) await login(from)
    expect(await attempt()).toBe('RATE_LIMITED 60') // 59.5 s, and never too early
    app.clock.advance('59499ms')
    const { result, touched } = await watch(app, attempt)
    expect([result, touched]).toEqual(['RATE_LIMITED 1', []])
    app.clock.advance('1ms')
    expect(await attempt()).toBe('INVALID_CREDENTIALS')
    // The window slides: the other nineteen are still in it.
    expect(await attempt()).toBe('RATE_LIMITED 1')
    app.clock.advance('500ms')
    const later = await Promise.all(Array.from({ length: 20 }, attempt))
    expect(tally(later)).toEqual({ INVALID_CREDENTIALS: 19, 'RATE_LIMITED 60': 1 })
  })

  it('tell of the rule that is nearest to its end', async () => {
    const from = newPlace()
    for (let hour = 0; hour < 4; hour += 1) {
      for (let i = 0; i < 20; i += 1) await register(from)
      app.clock.advance('1m')
    }
    for (let i = 0; i < 10; i += 1) await register(from)
    expect(told(await register(from))).toEqual(standing(100, 9, 3_360, 3_600))
    for (let i = 0; i < 8; i += 1) await register(from)
    // 1 of 20 a minute is left, and 1 of 100 an hour, which takes longer to come back.
    expect(told(await register(from))).toEqual(standing(100, 0, 3_360, 3_600))
  })

  it('say nothing of the budget of an address that was typed, not even when it is used up', async () => {
    const [email, from] = [newEmail(), newPlace()]
    for (let i = 0; i < 9; i += 1) await register(newPlace(), email)
    expect(told(await register(from, email))).toEqual(standing(20, 19, 60, 60))
    const refused = told(await register(from, email))
    expect(refused).toEqual({ ...standing(20, 18, 60, 60), 'retry-after': '3600' })
  })

  it('are not there where nothing is limited', async () => {
    const person = await registerPerson(app)
    const answers = [
      await me(app, person.accessToken),
      await call(app, '{ authSettings { registrationOpen } }', {}),
      await call(app, '{ nothing }', {}),
    ]
    for (const answer of answers) expect(told(answer)).toEqual({})
  })

  it('may be read by pages of other origins', async () => {
    const headers = { origin: 'https://app.example.com' }
    const { headers: sent } = await call(app, '{ __typename }', {}, { headers })
    const exposed = sent.get('access-control-expose-headers') ?? ''
    for (const name of [...Object.keys(standing(1, 1, 1, 1)), 'retry-after']) {
      expect(exposed).toContain(name)
    }
  })
})
