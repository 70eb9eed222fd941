// Random histories of tabs, lost messages, database outages, wrong clocks and a thief. A failure prints its seed and
// the shortest failing history. test/soak/refresh-histories.test.ts runs other histories for longer.
import fc from 'fast-check'
import { afterAll, it } from 'vitest'
import { histories, playHistory, rareHistories } from '../../support/refresh/refresh-history.js'
import { startRefreshSimulation } from '../../support/refresh/refresh-simulation.js'

const simulation = await startRefreshSimulation()
afterAll(() => simulation.close())

it(
  'in any history, the owner stays signed in and a thief does not',
  { timeout: 120_000 },
  async () => {
    const property = fc.asyncProperty(histories, (history) => playHistory(simulation, history))
    await fc.assert(property, {
      numRuns: 200,
      seed: 5_284_162,
      examples: rareHistories.map((one) => [one]),
    })
  },
)
