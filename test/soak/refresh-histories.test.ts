// Runs test/features/sessions/refresh-histories.test.ts with 100,000 random histories, different at every run.
import fc from 'fast-check'
import { afterAll, it } from 'vitest'
import { histories, playHistory } from '../support/refresh/refresh-history.js'
import { startRefreshSimulation } from '../support/refresh/refresh-simulation.js'

const simulation = await startRefreshSimulation()
afterAll(() => simulation.close())

// Set fewer for a short run: REFRESH_HISTORIES=10000.
const numRuns = Number(process.env['REFRESH_HISTORIES'] ?? 100_000)

it('an owner stays signed in, and no thief does', { timeout: 3_600_000 }, async () => {
  const property = fc.asyncProperty(histories, (history) => playHistory(simulation, history))
  await fc.assert(property, { numRuns })
})
