// After the Argon2 parameters were raised, accounts keep hashes of the old ones until their owners sign in, and a wrong
// password costs other work there than at an address that nobody has (OWASP WSTG-IDNT-04): whoever sees a time of the old
// parameters has found an account. So unknown addresses cost what accounts cost, in the same proportions.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../support/app/app.js'
import { newEmail, registerPerson } from '../support/app/client.js'
import { createTestDatabase, type TestDatabase } from '../support/database/database.js'
import { hashesOf, metricOf, tryLogin, wrongPassword } from '../support/app/limits.js'

const cheap = { ARGON2_MEMORY_KIB: '7168', ARGON2_ITERATIONS: '5', METRICS_PORT: '9464' }
const raised = { ...cheap, ARGON2_ITERATIONS: '6' }
const [oldWork, newWork] = [7_168 * 5, 7_168 * 6]

/** What a wrong password costs: KiB that are filled, and hashes. */
async function costOf(app: TestApp, email: string, password = wrongPassword) {
  const read = async () => [
    await metricOf('latchkey_password_hash_work_kib_total', app),
    await hashesOf(app),
  ]
  const before = await read()
  expect(await tryLogin(app, { email, password })).toBe('INVALID_CREDENTIALS')
  return (await read()).map((value, i) => value - (before[i] ?? 0))
}

const outdated = [oldWork + newWork, 2] // the hash is verified, and made anew
const current = [newWork, 1]

const unknown = 60

async function costsOfUnknown(app: TestApp) {
  const costs = []
  for (let i = 0; i < unknown; i += 1) costs.push(await costOf(app, newEmail()))
  return costs
}

const isLike = (cost: readonly number[]) => (other: readonly number[]) =>
  other.join() === cost.join()

describe('after the parameters were raised', () => {
  let database: TestDatabase
  let app: TestApp
  const old: string[] = []
  const renewed: string[] = []
  beforeAll(async () => {
    database = await createTestDatabase()
    const before = await startApp({ env: cheap, target: database.target })
    for (let i = 0; i < 10; i += 1) old.push((await registerPerson(before)).email)
    await before.close()
    app = await startApp({ env: raised, target: database.target })
  }, 60_000)
  afterAll(async () => {
    await app.close()
    await database.drop()
  })

  it('every unknown address costs what accounts cost, while all of them have old hashes', async () => {
    for (const email of old.slice(0, 2)) expect(await costOf(app, email)).toEqual(outdated)
    for (let i = 0; i < 10; i += 1) expect(await costOf(app, newEmail())).toEqual(outdated)
  })

  it('the mixture of costs is the same, once half of the accounts have new hashes', async () => {
    for (let i = 0; i < 10; i += 1) renewed.push((await registerPerson(app)).email)
    const sample = app.app.services.jobs.find(({ name }) => name === 'sample password hashes')
    await sample?.run(new AbortController().signal)
    for (const email of old.slice(0, 2)) expect(await costOf(app, email)).toEqual(outdated)
    for (const email of renewed.slice(0, 2)) expect(await costOf(app, email)).toEqual(current)

    const costs = await costsOfUnknown(app)
    const slow = costs.filter(isLike(outdated)).length
    expect(slow + costs.filter(isLike(current)).length).toBe(unknown)
    // Half of 60, give or take four standard deviations: a false alarm in 16,000 runs.
    expect(Math.abs(slow - unknown / 2)).toBeLessThan(4 * Math.sqrt(unknown / 4))
  })

  it('an address always costs the same, as an account does, in any spelling', async () => {
    for (let i = 0; i < 10; i += 1) {
      const email = newEmail()
      const cost = await costOf(app, email)
      expect(await costOf(app, email.toUpperCase())).toEqual(cost)
    }
  })

  it('an account without a password, or with an unusable one, costs what an unknown address does', async () => {
    const costs = []
    for (const [i, email] of renewed.entries()) {
      const { id: userId } = await app.db.user.findUniqueOrThrow({ where: { email } })
      await app.db.passwordCredential.update({ where: { userId }, data: { hash: 'no hash' } })
      const unusable = await costOf(app, email)
      await app.db.passwordCredential.delete({ where: { userId } })
      expect(await costOf(app, email), String(i)).toEqual(unusable)
      costs.push(unusable)
    }
    expect(costs.some(isLike(outdated))).toBe(true)
    expect(costs.every((cost) => isLike(outdated)(cost) || isLike(current)(cost))).toBe(true)
  })
})
