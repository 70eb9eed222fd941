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
  succeeded,
} from '../support/app/client.js'
import { fail, guess, ownerAt, startLimitedApp } from '../support/app/limits.js'

const app = await startLimitedApp()
afterAll(app.close)

describe('whoever signed in from there before', () => {
  it('waits for no stranger, and has five failures of their own', async () => {
    const owner = await ownerAt(app)
    await fail(app, { email: owner.email }, 5)
    expect(await guess(app, { email: owner.email, password })).toBe('RATE_LIMITED 1')
    expect(await guess(app, owner)).toBe('AuthPayload')
    const { email, from } = owner
    await fail(app, { email, from }, 5)
    expect(await guess(app, owner)).toBe('RATE_LIMITED 1')
    app.clock.advance('1s')
    expect(await guess(app, owner)).toBe('AuthPayload')
    await fail(app, { email }, 1) // what was forgiven there was not forgiven to strangers
    expect(await guess(app, { email })).toBe('RATE_LIMITED 2')
  })

  it.each([
    ['29 days ago is known', '29d', 'AuthPayload'],
    ['31 days ago is not', '31d', 'RATE_LIMITED 1'],
  ] as const)('%s', async (_, span, outcome) => {
    const owner = await ownerAt(app)
    expect(await guess(app, owner)).toBe('AuthPayload')
    app.clock.advance(span)
    await fail(app, { email: owner.email }, 5)
    expect(await guess(app, owner)).toBe(outcome)
  })

  it('with IPv6: from the same /64', async () => {
    const owner = await ownerAt(app, '2001:db8:1:2::1')
    const from = (place: string) => guess(app, { ...owner, from: place })
    await fail(app, { email: owner.email }, 5)
    expect(await from('2001:db8:1:2:ffff:aaaa:bbbb:cccc')).toBe('AuthPayload')
    expect(await from('2001:db8:1:3::1')).toBe('RATE_LIMITED 1')
  })

  it('can refresh, ask and sign out whatever strangers do', async () => {
    const owner = await ownerAt(app)
    const { email } = owner
    const token = succeeded(await refresh(app, owner.refreshToken)).refreshToken ?? ''
    await fail(app, { email }, 5)
    expect(await guess(app, { email })).toBe('RATE_LIMITED 1')
    expect((await me(app, owner.accessToken)).data?.me?.email).toBe(email)
    const next = succeeded(await refresh(app, token)).refreshToken ?? ''
    expect((await logout(app, next))?.sessionId).not.toBeNull()
    expect(await guess(app, { email })).toBe('RATE_LIMITED 1')
  })
})

describe('a house that is too busy to look', async () => {
  const narrow = { ARGON2_MEMORY_KIB: '65536', ARGON2_CONCURRENCY: '1', ARGON2_QUEUE: '1' }
  const busy = await startLimitedApp({ env: narrow })
  afterAll(busy.close)
  const five = [0, 1, 2, 3, 4]
  const isBusy = (outcome: string) => outcome.startsWith('SERVICE_BUSY ')

  it('counts no failure', async () => {
    const email = newEmail()
    const events = await busy.db.auditEvent.count()
    const outcomes = await Promise.all(five.map(() => guess(busy, { email })))
    const unseen = outcomes.filter(isBusy).length
    expect(unseen).toBeGreaterThan(0)
    expect(outcomes.filter((outcome) => outcome === 'INVALID_CREDENTIALS')).toHaveLength(5 - unseen)
    expect(await busy.db.auditEvent.count()).toBe(events + 5 - unseen)
    await fail(busy, { email }, unseen)
    expect(await guess(busy, { email })).toBe('RATE_LIMITED 1')
  })

  it('takes no right password for a failure', async () => {
    const owner = await ownerAt(busy)
    const outcomes = await Promise.all(five.map(() => guess(busy, owner)))
    const unseen = outcomes.filter(isBusy).length
    expect(unseen).toBeGreaterThan(0)
    expect(outcomes.filter((outcome) => outcome === 'AuthPayload')).toHaveLength(5 - unseen)
    await fail(busy, { email: owner.email, from: owner.from }, 5)
    expect(await guess(busy, owner)).toBe('RATE_LIMITED 1')
  })

  it('lets nobody wait again who has waited already', async () => {
    const emails = [newEmail(), newEmail(), newEmail()]
    for (const email of emails) await fail(busy, { email }, 5)
    busy.clock.advance('1s')
    for (const email of emails) await fail(busy, { email }, 1)
    busy.clock.advance('2s')

    let crowded = true
    const crowd = [...five, ...five].map(async () => {
      while (crowded) await guess(busy, { email: newEmail() })
    })
    const pairs = [] as (readonly [string, string])[]
    for (const email of emails) {
      pairs.push([await guess(busy, { email }), await guess(busy, { email })])
    }
    crowded = false
    await Promise.all(crowd)
    const unseen = pairs.filter(([first]) => isBusy(first))
    expect(unseen.length).toBeGreaterThan(0)
    for (const [, next] of unseen) expect(next).toMatch(/^(SERVICE_BUSY \d+|INVALID_CREDENTIALS)$/)
  })
})
