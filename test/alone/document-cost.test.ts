// What a hostile document costs, measured where nothing else runs: the checks that refuse it must not be the attack
// themselves (CVE-2022-37734, CVE-2023-26144). In development, where the server says the most and so does the most.
// Whoever is signed in can also ask for all that the largest account has, as often as the limits allow (CWE-400).
import { afterAll, expect, it } from 'vitest'
import { createSchema } from '../../src/compose/schema.js'
import { startApp } from '../support/app/app.js'
import { call } from '../support/app/client.js'
import { costlyDocuments, findLargestAllowed } from '../support/hostile/costly-documents.js'
import { sendAttack, hostileRequests } from '../support/hostile/hostile-documents.js'
import { createLargeAccount } from '../support/database/large-account.js'

const app = await startApp()
afterAll(app.close)

const maxMs = 250 // milliseconds of a core, the way to the server and back included
const maxCharacters = 32 * 1_024

const { accessToken } = await createLargeAccount(app)

it.each(hostileRequests)('$name', async (request) => {
  let bestMs = Infinity
  for (let i = 0; i < 3; i += 1) {
    const { took, text, status } = await sendAttack(app, request)
    expect(status).toBe(request.status)
    expect(text.length).toBeLessThan(maxCharacters)
    bestMs = Math.min(bestMs, took)
  }
  expect(bestMs).toBeLessThan(maxMs)
})

it.each(hostileRequests)('signed in, $name', async (request) => {
  let bestMs = Infinity
  for (let i = 0; i < 3; i += 1) {
    bestMs = Math.min(bestMs, (await sendAttack(app, request, accessToken)).took)
  }
  expect(bestMs).toBeLessThan(maxMs)
})

// Milliseconds of CPU: of the server, of the embedded database if it is in this process, and of the client.
const maxCpuMs = process.env['TEST_DATABASE_URL'] ? 60 : 150

const schema = await createSchema()
const costlyCases = [
  ...costlyDocuments(schema, 'each field'),
  ...costlyDocuments(schema, 'all fields together'),
]

it.each(costlyCases)('signed in, %s', async (_, document) => {
  const query = await findLargestAllowed(app, document)
  let bestMs = Infinity
  for (let round = 0; round < 4; round += 1) {
    const before = process.cpuUsage()
    const { status, errors } = await call(app, query, {}, { token: accessToken })
    const { user, system } = process.cpuUsage(before)
    expect({ status, errors }).toEqual({ status: 200, errors: [] })
    bestMs = Math.min(bestMs, (user + system) / 1_000)
  }
  expect(bestMs).toBeLessThan(maxCpuMs)
})
