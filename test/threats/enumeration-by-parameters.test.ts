// After an increase of the Argon2 parameters, accounts keep old hashes until their owners sign in. A wrong password
// then costs different work than at an unknown address (OWASP WSTG-IDNT-04), so a time of the old parameters reveals an
// account. Unknown addresses therefore cost the same as accounts, in the same proportions.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../support/app/app.js'
import { newEmail, registerPerson } from '../support/app/client.js'
import { createTestDatabase, type TestDatabase } from '../support/database/database.js'
import {
  countPasswordHashes,
  sumMetric,
  tryLogin,
  wrongPassword,
} from '../support/app/rate-limits.js'

const oldSettings = { ARGON2_MEMORY_KIB: '7168', ARGON2_ITERATIONS: '5', METRICS_PORT: '9464' }
const raisedSettings = { ...oldSettings, ARGON2_ITERATIONS: '6' }
const [oldWorkKib, newWorkKib] = [7_168 * 5, 7_168 * 6]

/** The cost of a wrong password: KiB of memory filled, and hashes. */
async function costOf(app: TestApp, email: string, password = wrongPassword) {
  const read = async () => [
    await sumMetric('latchkey_password_hash_work_kib_total', app),
    await countPasswordHashes(app),
  ]
  const before = await read()
  expect(await tryLogin(app, { email, password })).toBe('INVALID_CREDENTIALS')
  return (await read()).map((value, i) => value - (before[i] ?? 0))
}

const outdatedCost = [oldWorkKib + newWorkKib, 2] // the hash is verified, and then replaced
const currentCost = [newWorkKib, 1]

const unknownCount = 60

async function costsOfUnknown(app: TestApp) {
  const costs = []
  for (let i = 0; i < unknownCount; i += 1) costs.push(await costOf(app, newEmail()))
  return costs
}

const matchesCost = (cost: readonly number[]) => (other: readonly number[]) =>
  other.join() === cost.join()

describe('after the parameters were raised', () => {
  let database: TestDatabase
  let app: TestApp
  const old: string[] = []
  const renewed: string[] = []
  beforeAll(async () => {
    database = await createTestDatabase()
    const before = await startApp({ env: oldSettings, target: database.target })
    for (let i = 0; i < 10; i += 1) old.push((await registerPerson(before)).email)
    await before.close()
    app = await startApp({ env: raisedSettings, target: database.target })
  }, 60_000)
  afterAll(async () => {
    await app.close()
    await database.drop()
  })

  it('every unknown address costs what accounts cost, while all of them have old hashes', async () => {
    for (const email of old.slice(0, 2)) expect(await costOf(app, email)).toEqual(outdatedCost)
    for (let i = 0; i < 10; i += 1) expect(await costOf(app, newEmail())).toEqual(outdatedCost)
  })

  it('the mixture of costs is the same after half of the accounts have new hashes', async () => {
    for (let i = 0; i < 10; i += 1) renewed.push((await registerPerson(app)).email)
    const sample = app.app.services.jobs.find(({ name }) => name === 'sample password hashes')
    await sample?.run(new AbortController().signal)
    for (const email of old.slice(0, 2)) expect(await costOf(app, email)).toEqual(outdatedCost)
    for (const email of renewed.slice(0, 2)) expect(await costOf(app, email)).toEqual(currentCost)

    const costs = await costsOfUnknown(app)
    const slow = costs.filter(matchesCost(outdatedCost)).length
    expect(slow + costs.filter(matchesCost(currentCost)).length).toBe(unknownCount)
    // Half of 60, plus or minus four standard deviations: a false alarm in 16,000 runs.
    expect(Math.abs(slow - unknownCount / 2)).toBeLessThan(4 * Math.sqrt(unknownCount / 4))
  })

  it('an address always costs the same, as an account does, in any spelling', async () => {
    for (let i = 0; i < 10; i += 1) {
      const email = newEmail()
      const cost = await costOf(app, email)
      expect(await costOf(app, email.toUpperCase())).toEqual(cost)
    }
  })

  it('an account without a usable password costs the same as an unknown address', async () => {
    const costs = []
    for (const [i, email] of renewed.entries()) {
      const { id: userId } = await app.db.user.findUniqueOrThrow({ where: { email } })
      await app.db.passwordCredential.update({ where: { userId }, data: { hash: 'no hash' } })
      const unusable = await costOf(app, email)
      await app.db.passwordCredential.delete({ where: { userId } })
      expect(await costOf(app, email), String(i)).toEqual(unusable)
      costs.push(unusable)
    }
    expect(costs.some(matchesCost(outdatedCost))).toBe(true)
    expect(
      costs.every((cost) => matchesCost(outdatedCost)(cost) || matchesCost(currentCost)(cost)),
    ).toBe(true)
  })
})
