// Timing attacks on account enumeration (OWASP Authentication Cheat Sheet; ASVS 6.3.8). Unknown addresses could be
// refused before a password is hashed, or only with passwords of some lengths (CVE-2025-22234). Accounts with a hash
// older than the current parameters could take another time. An unknown address must cost the same as a known one; so
// must each refusal.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../support/app/app.js'
import { newEmail, registerPerson } from '../support/app/client.js'
import { createTestDatabase, type TestDatabase } from '../support/database/database.js'
import { newIp, startRateLimitedApp, tryLogin, wrongPassword } from '../support/app/rate-limits.js'
import { expectSameTime } from '../support/app/same-time.js'

const accountCount = 6
const testOptions = { timeout: 120_000 }

/** An attacker's attempt, from a network that the owner never used. */
const tryFromNewIp = async (app: TestApp, email: string, password = wrongPassword) =>
  tryLogin(app, { email, password, ip: newIp() })

/** Accounts and the same number of unknown addresses. All are tried equally often. */
async function createAccounts(app: TestApp) {
  const known: string[] = []
  while (known.length < accountCount) known.push((await registerPerson(app)).email)
  return { known, unknown: known.map(newEmail) }
}

type Accounts = Awaited<ReturnType<typeof createAccounts>>

function createPair(
  app: TestApp,
  { known, unknown }: Accounts,
  outcome: RegExp,
  password?: string,
) {
  const attempt = (emails: readonly string[]) => async (i: number) => {
    expect(await tryFromNewIp(app, emails[i % emails.length] ?? '', password)).toMatch(outcome)
  }
  return { known: attempt(known), unknown: attempt(unknown) }
}

describe('the time of a sign-in does not reveal whether an account exists', async () => {
  const app = await startApp({ env: { TRUST_PROXY: '1' } })
  afterAll(app.close)
  let accounts: Accounts
  beforeAll(async () => {
    accounts = await createAccounts(app)
  })
  const refused = /^INVALID_CREDENTIALS$/

  it.each([
    ['of usual length', wrongPassword, 80],
    ['of 73 bytes', 'w'.repeat(73), 40],
    ['of 1,024 bytes', 'w'.repeat(1_024), 200],
  ])('with a wrong password: %s', testOptions, async (name, password, tries) => {
    await expectSameTime(`login, ${name}`, createPair(app, accounts, refused, password), tries)
  })

  it('an unknown address takes at least as long as a hash', async () => {
    const start = performance.now()
    for (const email of accounts.unknown) await tryFromNewIp(app, email)
    expect((performance.now() - start) / accounts.unknown.length).toBeGreaterThan(5)
  })

  it('when guesses are no longer evaluated', testOptions, async () => {
    await app.db.guessCount.updateMany({ data: { failures: 100_000 } }) // 100, times RATE_LIMIT_FACTOR
    await expectSameTime('login, suspended', createPair(app, accounts, refused), 60)
  })
})

describe('the time of a refusal does not reveal whether an account exists', async () => {
  const app = await startRateLimitedApp()
  afterAll(app.close)

  it('after too many failures', testOptions, async () => {
    const accounts = await createAccounts(app)
    for (const email of [...accounts.known, ...accounts.unknown]) {
      for (let i = 0; i < 5; i += 1) await tryFromNewIp(app, email)
    }
    await expectSameTime('login, refused', createPair(app, accounts, /^RATE_LIMITED 1$/), 300)
  })
})

describe('the time of a sign-in after the parameters were raised', () => {
  let database: TestDatabase
  let app: TestApp
  const known: string[] = []
  beforeAll(async () => {
    database = await createTestDatabase()
    const { target } = database
    // Rate limits are off, because this test measures hashing.
    const env = { ARGON2_MEMORY_KIB: '9216', ARGON2_ITERATIONS: '4', RATE_LIMIT_FACTOR: '0' }
    const before = await startApp({ env, target })
    while (known.length < accountCount) known.push((await registerPerson(before)).email)
    await before.close()
    app = await startApp({ env: { ...env, ARGON2_ITERATIONS: '6', TRUST_PROXY: '1' }, target })
  }, 60_000)
  afterAll(async () => {
    await app.close()
    await database.drop()
  })

  it(
    'is the same for unknown addresses and for accounts with older hashes',
    testOptions,
    async () => {
      const outcome = /^INVALID_CREDENTIALS$/
      const unknown = Array.from({ length: 100 }, newEmail)
      await expectSameTime('login, raised', createPair(app, { known, unknown }, outcome), 100)
    },
  )
})
