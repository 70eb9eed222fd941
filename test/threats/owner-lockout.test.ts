// Whoever can make an account refuse guesses can make it refuse its owner (CWE-645; OWASP Authentication Cheat Sheet,
// "Account Lockout"). Strangers delay strangers: from where the owner signed in within the last thirty days, another
// counter counts; whoever is signed in already is not concerned; and a guess that a busy house did not look at is none.
import { afterAll, describe, expect, it } from 'vitest'
import {
  goodPassword as password,
  logout,
  me,
  newEmail,
  refresh,
  getAuthPayload,
} from '../support/app/client.js'
import {
  failLogins,
  guessPassword,
  registerFromIp,
  startRateLimitedApp,
} from '../support/app/rate-limits.js'

const app = await startRateLimitedApp()
afterAll(app.close)

describe('whoever signed in from there before', () => {
  it('waits for no stranger, and has five failures of their own', async () => {
    const owner = await registerFromIp(app)
    await failLogins(app, { email: owner.email }, 5)
    expect(await guessPassword(app, { email: owner.email, password })).toBe('RATE_LIMITED 1')
    expect(await guessPassword(app, owner)).toBe('AuthPayload')
    const { email, ip } = owner
    await failLogins(app, { email, ip }, 5)
    expect(await guessPassword(app, owner)).toBe('RATE_LIMITED 1')
    app.clock.advance('1s')
    expect(await guessPassword(app, owner)).toBe('AuthPayload')
    await failLogins(app, { email }, 1) // what was forgiven there was not forgiven to strangers
    expect(await guessPassword(app, { email })).toBe('RATE_LIMITED 2')
  })

  it.each([
    ['29 days ago is known', '29d', 'AuthPayload'],
    ['31 days ago is not', '31d', 'RATE_LIMITED 1'],
  ] as const)('%s', async (_, span, outcome) => {
    const owner = await registerFromIp(app)
    expect(await guessPassword(app, owner)).toBe('AuthPayload')
    app.clock.advance(span)
    await failLogins(app, { email: owner.email }, 5)
    expect(await guessPassword(app, owner)).toBe(outcome)
  })

  it('with IPv6: from the same /64', async () => {
    const owner = await registerFromIp(app, '2001:db8:1:2::1')
    const fromIp = (ip: string) => guessPassword(app, { ...owner, ip })
    await failLogins(app, { email: owner.email }, 5)
    expect(await fromIp('2001:db8:1:2:ffff:aaaa:bbbb:cccc')).toBe('AuthPayload')
    expect(await fromIp('2001:db8:1:3::1')).toBe('RATE_LIMITED 1')
  })

  it('can refresh, ask and sign out whatever strangers do', async () => {
    const owner = await registerFromIp(app)
    const { email } = owner
    const token = getAuthPayload(await refresh(app, owner.refreshToken)).refreshToken ?? ''
    await failLogins(app, { email }, 5)
    expect(await guessPassword(app, { email })).toBe('RATE_LIMITED 1')
    expect((await me(app, owner.accessToken)).data?.me?.email).toBe(email)
    const next = getAuthPayload(await refresh(app, token)).refreshToken ?? ''
    expect((await logout(app, next))?.sessionId).not.toBeNull()
    expect(await guessPassword(app, { email })).toBe('RATE_LIMITED 1')
  })
})

describe('a house that is too busy to look', async () => {
  const oneHashSettings = { ARGON2_MEMORY_KIB: '65536', ARGON2_CONCURRENCY: '1', ARGON2_QUEUE: '1' }
  const busy = await startRateLimitedApp({ env: oneHashSettings })
  afterAll(busy.close)
  const fiveIndexes = [0, 1, 2, 3, 4]
  const isBusy = (outcome: string) => outcome.startsWith('SERVICE_BUSY ')

  it('counts no failure', async () => {
    const email = newEmail()
    const events = await busy.db.auditEvent.count()
    const outcomes = await Promise.all(fiveIndexes.map(() => guessPassword(busy, { email })))
    const notEvaluated = outcomes.filter(isBusy).length
    expect(notEvaluated).toBeGreaterThan(0)
    expect(outcomes.filter((outcome) => outcome === 'INVALID_CREDENTIALS')).toHaveLength(
      5 - notEvaluated,
    )
    expect(await busy.db.auditEvent.count()).toBe(events + 5 - notEvaluated)
    await failLogins(busy, { email }, notEvaluated)
    expect(await guessPassword(busy, { email })).toBe('RATE_LIMITED 1')
  })

  it('takes no right password for a failure', async () => {
    const owner = await registerFromIp(busy)
    const outcomes = await Promise.all(fiveIndexes.map(() => guessPassword(busy, owner)))
    const notEvaluated = outcomes.filter(isBusy).length
    expect(notEvaluated).toBeGreaterThan(0)
    expect(outcomes.filter((outcome) => outcome === 'AuthPayload')).toHaveLength(5 - notEvaluated)
    await failLogins(busy, { email: owner.email, ip: owner.ip }, 5)
    expect(await guessPassword(busy, owner)).toBe('RATE_LIMITED 1')
  })

  it('lets nobody wait again who has waited already', async () => {
    const emails = [newEmail(), newEmail(), newEmail()]
    for (const email of emails) await failLogins(busy, { email }, 5)
    busy.clock.advance('1s')
    for (const email of emails) await failLogins(busy, { email }, 1)
    busy.clock.advance('2s')

    let isOverloaded = true
    const backgroundLogins = [...fiveIndexes, ...fiveIndexes].map(async () => {
      while (isOverloaded) await guessPassword(busy, { email: newEmail() })
    })
    const pairs = [] as (readonly [string, string])[]
    for (const email of emails) {
      pairs.push([await guessPassword(busy, { email }), await guessPassword(busy, { email })])
    }
    isOverloaded = false
    await Promise.all(backgroundLogins)
    const notEvaluated = pairs.filter(([first]) => isBusy(first))
    expect(notEvaluated.length).toBeGreaterThan(0)
    for (const [, next] of notEvaluated)
      expect(next).toMatch(/^(SERVICE_BUSY \d+|INVALID_CREDENTIALS)$/)
  })
})
