// What a hostile document costs, measured where nothing else runs: the checks that refuse it must not be the attack
// themselves (CVE-2022-37734, CVE-2023-26144). In development, where the server says the most and so does the most.
import { afterAll, expect, it } from 'vitest'
import { startApp } from '../support/app.js'
import { attack, hostileRequests } from '../support/hostile-documents.js'

const app = await startApp()
afterAll(app.close)

const most = 250 // milliseconds of a core, the way to the server and back included
const mostCharacters = 32 * 1_024

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
