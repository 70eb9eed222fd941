// What a hostile document costs, measured where nothing else runs: the checks that refuse it must not be the attack
// themselves (CVE-2022-37734, CVE-2023-26144). In development, where the server says the most and so does the most.
// Whoever is signed in can also ask for all that the largest account has, as often as the limits allow (CWE-400).
import { afterAll, expect, it } from 'vitest'
import { createSchema } from '../../src/compose/schema.js'
import { startApp } from '../support/app/app.js'
import { call } from '../support/app/client.js'
import { costlyDocuments, largestAllowed } from '../support/hostile/costly-documents.js'
import { attack, hostileRequests } from '../support/hostile/hostile-documents.js'
import { largeAccount } from '../support/database/large-account.js'

const app = await startApp()
afterAll(app.close)

const most = 250 // milliseconds of a core, the way to the server and back included
const mostCharacters = 32 * 1_024

const { accessToken } = await largeAccount(app)

it.each(hostileRequests)('$name', async (request) => {
  let best = Infinity
  for (let i = 0; i < 3; i += 1) {
    const { took, text, status } = await attack(app, request)
    expect(status).toBe(request.status)
    expect(text.length).toBeLessThan(mostCharacters)
    best = Math.min(best, took)
  }
  expect(best).toBeLessThan(most)
})

it.each(hostileRequests)('signed in, $name', async (request) => {
  let best = Infinity
  for (let i = 0; i < 3; i += 1) {
    best = Math.min(best, (await attack(app, request, accessToken)).took)
  }
  expect(best).toBeLessThan(most)
})

// Milliseconds of CPU: of the server, of the embedded database if it is in this process, and of the client.
const mostCpuMs = process.env['TEST_DATABASE_URL'] ? 60 : 150

const schema = await createSchema()
const costly = [
  ...costlyDocuments(schema, 'each field'),
  ...costlyDocuments(schema, 'all fields together'),
]

it.each(costly)('signed in, %s', async (_, document) => {
  const query = await largestAllowed(app, document)
  let bestMs = Infinity
  for (let round = 0; round < 4; round += 1) {
    const before = process.cpuUsage()
    const { status, errors } = await call(app, query, {}, { token: accessToken })
    const { user, system } = process.cpuUsage(before)
    expect({ status, errors }).toEqual({ status: 200, errors: [] })
    bestMs = Math.min(bestMs, (user + system) / 1_000)
  }
  expect(bestMs).toBeLessThan(mostCpuMs)
})
