// If checking and counting are two steps, concurrent guesses all read the counter before any of them is counted. As
// many guesses as connections then pass the limit (Keycloak CVE-2024-4629; "single packet" races, OWASP WSTG-BUSL-05).
// Here one step checks and counts, also for all replicas together.
import { afterAll, describe, expect, it } from 'vitest'
import { RegisterDocument } from '@latchkey/client/operations'
import type { TestApp } from '../support/app/app.js'
import { goodPassword as password, newEmail } from '../support/app/client.js'
import { usesPostgres } from '../support/database/database.js'
import {
  countPasswordHashes,
  newIp,
  startRateLimitedApp,
  FrozenClock,
  tally,
  tryLogin,
  tryRegister,
} from '../support/app/rate-limits.js'
import { hasRedis, startRedis } from '../support/processes/redis-server.js'
import { tryConcurrently } from '../support/app/concurrent-logins.js'

const indexes = Array.from({ length: 200 }, (_, i) => i)

type Answers = Awaited<ReturnType<typeof tryConcurrently>>

/** Body, header and status must report every refusal alike. */
function expectConsistentRefusals(answers: Answers) {
  for (const { status, headers, outcome } of answers) {
    const [, retryAfter] = /^RATE_LIMITED (\d+)$/.exec(outcome) ?? []
    expect([status, headers.get('retry-after')]).toEqual([200, retryAfter ?? null])
  }
  return tally(answers.map(({ outcome }) => outcome))
}

const failedLogins = ({ db }: TestApp) =>
  db.auditEvent.count({ where: { type: 'LOGIN', success: false } })

/** The same totals apply to one app and to any number of replicas. */
function describeGuessing(apps: readonly TestApp[]) {
  const [first] = apps as [TestApp]
  const serverOf = (i: number) => apps[i % apps.length] ?? first
  const counts = async () => [await countPasswordHashes(...apps), await failedLogins(first)]

  it('200 guesses at one account, each from another address: five are evaluated', async () => {
    const before = await counts()
    const email = newEmail()
    const answers = await tryConcurrently(
      indexes.map((i) => ({ server: serverOf(i), email, ip: newIp() })),
    )
    expect(expectConsistentRefusals(answers)).toEqual({
      INVALID_CREDENTIALS: 5,
      'RATE_LIMITED 1': 195,
    })
    expect(await counts()).toEqual(before.map((n) => n + 5))
  })

  it('200 guesses at 200 accounts from one address: twenty are evaluated', async () => {
    const before = await counts()
    const ip = newIp()
    const answers = await tryConcurrently(
      indexes.map((i) => ({ server: serverOf(i), email: newEmail(), ip })),
    )
    expect(expectConsistentRefusals(answers)).toEqual({
      INVALID_CREDENTIALS: 20,
      'RATE_LIMITED 60': 180,
    })
    expect(await counts()).toEqual(before.map((n) => n + 20))
    expect(await tryLogin(serverOf(1), { email: newEmail(), ip })).toBe('RATE_LIMITED 60')
  })

  it('of 20 guesses at once, one is evaluated after every delay', async () => {
    const email = newEmail()
    for (let i = 0; i < 5; i += 1) await tryLogin(serverOf(i), { email, ip: newIp() })
    for (const delay of [1, 2, 4] as const) {
      first.clock.advance(`${delay}s`)
      const before = await counts()
      const answers = await tryConcurrently(
        indexes.slice(0, 20).map((i) => ({ server: serverOf(i), email, ip: newIp() })),
      )
      const expected = { INVALID_CREDENTIALS: 1, [`RATE_LIMITED ${delay * 2}`]: 19 }
      expect(expectConsistentRefusals(answers)).toEqual(expected)
      expect(await counts()).toEqual(before.map((n) => n + 1))
    }
  })

  it('60 registrations from one address: twenty are evaluated', async () => {
    const ip = newIp()
    const before = await countPasswordHashes(...apps)
    const users = await first.db.user.count()
    const answers = await tryConcurrently(
      indexes.slice(0, 60).map((i) => ({ server: serverOf(i), email: newEmail(), password, ip })),
      RegisterDocument,
    )
    expect(expectConsistentRefusals(answers)).toEqual({ AuthPayload: 20, 'RATE_LIMITED 60': 40 })
    expect(await first.db.user.count()).toBe(users + 20)
    expect(await countPasswordHashes(...apps)).toBe(before + 20)
  })

  it('30 registrations of one address in any spelling: ten are evaluated', async () => {
    const spellings = ['eve@bücher.example', 'EVE@xn--bcher-kva.example', 'Eve@BÜCHER.example']
    const before = await countPasswordHashes(...apps)
    const answers = await tryConcurrently(
      indexes.slice(0, 30).map((i) => {
        const email = spellings[i % 3] ?? ''
        return { server: serverOf(i), email, password, ip: newIp() }
      }),
      RegisterDocument,
    )
    expect(expectConsistentRefusals(answers)).toEqual({
      AuthPayload: 1,
      EMAIL_TAKEN: 9,
      'RATE_LIMITED 3600': 20,
    })
    expect(await countPasswordHashes(...apps)).toBe(before + 10)

    const email = spellings[0] ?? ''
    first.clock.advance('3599s')
    expect(await tryRegister(first, { email, ip: newIp() })).toBe('RATE_LIMITED 1')
    first.clock.advance('1s')
    expect(await tryRegister(first, { email, ip: newIp() })).toBe('EMAIL_TAKEN')
  })
}

describe('one replica', async () => {
  const app = await startRateLimitedApp()
  afterAll(app.close)
  describeGuessing([app])
})

describe.skipIf(!hasRedis || !usesPostgres)('three replicas with one Redis', async () => {
  if (!hasRedis || !usesPostgres) return
  const redis = await startRedis()
  const clock = new FrozenClock()
  const env = { REDIS_URL: redis.url }
  const first = await startRateLimitedApp({ clock, env })
  const { target } = first
  const others = [
    await startRateLimitedApp({ clock, env, target }),
    await startRateLimitedApp({ clock, env, target }),
  ]
  afterAll(async () => {
    for (const app of [...others, first]) await app.close()
    await redis.close()
  })
  describeGuessing([first, ...others])
})
