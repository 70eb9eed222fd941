// The same as test/fuzz/access-tokens.test.ts, with 100,000 tokens per algorithm, times FUZZ_FACTOR.
import { describe, expect, it } from 'vitest'
import { factor, seed } from '../support/hostile/fuzz.js'
import { compareVerifiers, differences } from '../support/hostile/token-differential.js'

const runs = 100_000 * factor

describe.each(['RS256', 'ES256', 'EdDSA'] as const)('%s', (algorithm) => {
  it(
    'is read alike by the service, @latchkey/verify and fast-jwt',
    { timeout: 7_200_000 },
    async () => {
      const { met, faults } = await compareVerifiers(algorithm, { runs, seed })
      expect(faults, `FUZZ_SEED=${seed}`).toEqual([])
      // A reason that no token meets is no reason.
      const reasons = differences.flatMap(({ by, reason }) => by.map((one) => `${one}: ${reason}`))
      expect([...met].sort()).toEqual(reasons.sort())
    },
  )
})
