// Delays bound how many passwords somebody tries in a day, not in a year: four guesses an hour are never delayed, and some
// day one of them is right. NIST SP 800-63B-4 §3.2.2 bounds consecutive failures by 100. A lock after 100 failures would
// be a weapon against the owner, so it closes unknown networks only, and a reset by e-mail opens them.
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import type { TestApp } from '../support/app/app.js'
import { goodPassword as password, newEmail } from '../support/app/client.js'
import { createTestDatabase, usesPostgres } from '../support/database/database.js'
import {
  failLogins,
  forwardedFor,
  guessPassword,
  countPasswordHashes,
  newIp,
  registerFromIp,
  startRateLimitedApp,
  FrozenClock,
} from '../support/app/rate-limits.js'
import { listMailTo, getMailedToken } from '../support/mail/mail.js'
import {
  anotherPassword,
  requestPasswordReset,
  resetPassword,
} from '../support/mail/mailed-links.js'

const app = await startRateLimitedApp()
afterAll(app.close)

/** As slowly as no delay ever concerns: the counters of delays forget four failures within an hour. */
async function failSlowly(server: TestApp, attempt: { email: string; ip?: string }, times: number) {
  for (let i = 0; i < times; i += 1) {
    if (i % 4 === 0) server.clock.advance('61m')
    await failLogins(server, attempt, 1)
  }
  server.clock.advance('61m')
}

/** The count of the address that failed last. */
const lastCount = ({ db }: TestApp) =>
  db.guessCount.findFirstOrThrow({ orderBy: { lastFailureAt: 'desc' } })

/** As if it were so many. */
async function setFailures(server: TestApp, failures: number) {
  const { addressKey } = await lastCount(server)
  await server.db.guessCount.update({ where: { addressKey }, data: { failures } })
}

/** A hundred failures from elsewhere, the first and the last of them in earnest. */
async function guessHundredTimes(server: TestApp, email: string) {
  await failSlowly(server, { email }, 1)
  await setFailures(server, 98)
  await failSlowly(server, { email }, 2)
}

it('four guesses an hour: the hundredth failure is the last guess that is evaluated', async () => {
  const owner = await registerFromIp(app)
  await failSlowly(app, { email: owner.email }, 99)
  expect((await lastCount(app)).failures).toBe(99)
  await failSlowly(app, { email: owner.email }, 1)
  for (let i = 0; i < 2; i += 1) {
    expect(await guessPassword(app, { email: owner.email, password })).toBe('INVALID_CREDENTIALS')
  }
})

describe('before the hundredth', () => {
  it('the right password is right, and begins the count anew', async () => {
    const { email } = await registerFromIp(app)
    await failSlowly(app, { email }, 1)
    await setFailures(app, 99)
    expect(await guessPassword(app, { email, password })).toBe('AuthPayload')
    await failSlowly(app, { email }, 1)
    expect((await lastCount(app)).failures).toBe(1)
  })
})

describe('after the hundredth', () => {
  it('a guess costs and writes the same, right or wrong, whether or not there is an account', async () => {
    const { email } = await registerFromIp(app)
    const unknown = newEmail()
    for (const typedEmail of [email, unknown]) await guessHundredTimes(app, typedEmail)
    await app.deliver()
    const observations = []
    for (const attempt of [{ email }, { email, password }, { email: unknown }]) {
      app.clock.advance('61m')
      const before = [await countPasswordHashes(app), await app.db.auditEvent.count()]
      const outcome = await guessPassword(app, attempt)
      const after = [await countPasswordHashes(app), await app.db.auditEvent.count()]
      observations.push([outcome, after.map((n, i) => n - (before[i] ?? 0))])
    }
    expect(observations).toEqual(observations.map(() => ['INVALID_CREDENTIALS', [1, 1]]))
  })

  it('the owner signs in where they did before, as often as they like', async () => {
    const owner = await registerFromIp(app)
    await guessHundredTimes(app, owner.email)
    for (let i = 0; i < 3; i += 1) expect(await guessPassword(app, owner)).toBe('AuthPayload')
  })

  it('no sign-in of the owner there gives the attacker new guesses', async () => {
    const owner = await registerFromIp(app)
    const { email } = owner
    await failSlowly(app, { email }, 1)
    await setFailures(app, 98)
    for (let i = 0; i < 2; i += 1) {
      expect(await guessPassword(app, owner)).toBe('AuthPayload')
      await failSlowly(app, { email }, 1)
    }
    expect(await guessPassword(app, owner)).toBe('AuthPayload')
    app.clock.advance('29d')
    expect(await guessPassword(app, owner)).toBe('AuthPayload')
    expect(await guessPassword(app, { email, password })).toBe('INVALID_CREDENTIALS')
  })

  it('a reset by e-mail lets the owner in from anywhere', async () => {
    const { email } = await registerFromIp(app)
    await guessHundredTimes(app, email)
    const ip = newIp()
    expect(await guessPassword(app, { email, password, ip })).toBe('INVALID_CREDENTIALS')
    const headers = forwardedFor(ip)
    await requestPasswordReset(app, email, { headers })
    const reset = await resetPassword(app, await getMailedToken(app, email), { headers })
    expect(reset?.__typename).toBe('User')
    app.clock.advance('61m')
    expect(await guessPassword(app, { email, password: anotherPassword })).toBe('AuthPayload')
  })

  it('an operator does', async () => {
    const { email, id } = await registerFromIp(app)
    await guessHundredTimes(app, email)
    const user = await app.app.services.users.findByIdentifier(id)
    if (user) await app.app.services.credentials.unlock(user)
    expect(await guessPassword(app, { email, password })).toBe('AuthPayload')
  })

  it('90 days without a failure do, for the account and for the count', async () => {
    const { email } = await registerFromIp(app)
    const [job] = app.app.services.jobs.filter(({ name }) => name.includes('counts of guesses'))
    await guessHundredTimes(app, email)
    app.clock.advance('89d')
    await job?.run(new AbortController().signal)
    expect(await guessPassword(app, { email, password })).toBe('INVALID_CREDENTIALS') // the 90 days begin anew
    app.clock.advance('91d')
    expect(await guessPassword(app, { email, password })).toBe('AuthPayload')
    await job?.run(new AbortController().signal)
    expect(await app.db.guessCount.count()).toBe(0)
  })
})

describe('the notice', () => {
  const noticesTo = async (email: string) =>
    (await listMailTo(app, email)).filter(({ kind }) => kind === 'PASSWORD_GUESSING')

  it('goes to the owner once in 30 days, however long it goes on', async () => {
    const { email } = await registerFromIp(app)
    await failSlowly(app, { email }, 1)
    expect(await noticesTo(email)).toEqual([])
    await guessHundredTimes(app, email)
    await failSlowly(app, { email }, 3)
    expect(await noticesTo(email)).toHaveLength(1)
    app.clock.advance('31d')
    await failSlowly(app, { email }, 2)
    expect(await noticesTo(email)).toHaveLength(2)
  })

  it('goes to nobody else: the row that asks for it is the same, and nothing is sent', async () => {
    const email = newEmail()
    await guessHundredTimes(app, email)
    const where = { recipient: email, kind: 'PASSWORD_GUESSING' } as const
    expect(await app.db.outboxMessage.count({ where })).toBe(1)
    expect(await noticesTo(email)).toEqual([])
    expect(await app.db.outboxMessage.count({ where })).toBe(0)
  })
})

it('100 failures from a known network make it an unknown one', async () => {
  const owner = await registerFromIp(app)
  const { email, ip } = owner
  await failSlowly(app, { email, ip }, 1)
  await app.db.knownAddress.updateMany({ where: { network: ip }, data: { failures: 98 } })
  await failSlowly(app, { email, ip }, 1)
  expect(await app.db.knownAddress.count({ where: { network: ip } })).toBe(1)
  await failSlowly(app, { email, ip }, 1)
  expect(await app.db.knownAddress.count({ where: { network: ip } })).toBe(0)
  await guessHundredTimes(app, email)
  expect(await guessPassword(app, owner)).toBe('INVALID_CREDENTIALS')
})

it('a sign-in from a known network forgives the failures from there', async () => {
  const owner = await registerFromIp(app)
  await failSlowly(app, { email: owner.email, ip: owner.ip }, 2)
  expect(await guessPassword(app, owner)).toBe('AuthPayload')
  const row = await app.db.knownAddress.findFirst({ where: { network: owner.ip } })
  expect(row?.failures).toBe(0)
})

describe('where mail does not work', async () => {
  const env = {
    NODE_ENV: 'production',
    PUBLIC_URL: 'https://auth.example.com',
  }
  const appWithoutMail = await startRateLimitedApp({ env })
  afterAll(appWithoutMail.close)

  it('nobody is suspended: the log says so, and names no address', async () => {
    const { email } = await registerFromIp(appWithoutMail)
    await guessHundredTimes(appWithoutMail, email)
    expect(await guessPassword(appWithoutMail, { email, password })).toBe('AuthPayload')
    const lines = appWithoutMail.logLines.filter((line) =>
      line.includes('guesses go on beyond the limit'),
    )
    expect(lines).toHaveLength(1)
    expect(lines.join()).not.toContain(email)
    const where = { kind: 'PASSWORD_GUESSING' } as const
    expect(await appWithoutMail.db.outboxMessage.count({ where })).toBe(0)
  })
})

describe('whatever holds the count', () => {
  it('a restart forgets nothing', async () => {
    const { target, drop } = await createTestDatabase()
    onTestFinished(drop)
    const clock = new FrozenClock()
    const before = await startRateLimitedApp({ target, clock })
    const { email } = await registerFromIp(before)
    await guessHundredTimes(before, email)
    await before.close()
    const again = await startRateLimitedApp({ target, clock })
    expect(await guessPassword(again, { email, password })).toBe('INVALID_CREDENTIALS')
    await again.close()
  })

  it.runIf(usesPostgres)(
    'guesses together at three replicas: no more than 100 are evaluated',
    async () => {
      const { email } = await registerFromIp(app)
      await failSlowly(app, { email }, 1)
      await setFailures(app, 97)
      const others = await Promise.all(
        [1, 2].map(() => startRateLimitedApp({ target: app.target, clock: app.clock })),
      )
      const servers = [app, ...others]
      const many = Array.from({ length: 15 }, (_, i) => servers[i % 3] ?? app)
      await Promise.all(many.map((server) => guessPassword(server, { email })))
      app.clock.advance('61m')
      expect(await guessPassword(app, { email, password })).toBe('INVALID_CREDENTIALS')
      for (const other of others) await other.close()
    },
  )
})
