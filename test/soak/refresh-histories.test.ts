// The same as test/features/sessions/refresh-histories.test.ts, 100,000 times, with other histories at every run.
import fc from 'fast-check'
import { afterAll, it } from 'vitest'
import { histories, playHistory } from '../support/refresh/refresh-history.js'
import { startRefreshSimulation } from '../support/refresh/refresh-simulation.js'

const simulation = await startRefreshSimulation()
afterAll(() => simulation.close())

// Fewer where time is short: REFRESH_HISTORIES=10000.
const numRuns = Number(process.env['REFRESH_HISTORIES'] ?? 100_000)

it('an owner stays signed in, and no thief does', { timeout: 3_600_000 }, async () => {
  const property = fc.asyncProperty(histories, (history) => playHistory(simulation, history))
  await fc.assert(property, { numRuns })
})
