// Runs test/fuzz/access-tokens.test.ts with 100,000 tokens per algorithm, times FUZZ_FACTOR.
import { describe, expect, it } from 'vitest'
import { fuzzFactor, fuzzSeed } from '../support/hostile/fuzz.js'
import { compareVerifiers, knownDifferences } from '../support/hostile/token-differential.js'

const runs = 100_000 * fuzzFactor

describe.each(['RS256', 'ES256', 'EdDSA'] as const)('%s', (algorithm) => {
  it(
    'is read alike by the service, @latchkey/verify and fast-jwt',
    { timeout: 7_200_000 },
    async () => {
      const { metDifferences, unexplained } = await compareVerifiers(algorithm, {
        runs,
        seed: fuzzSeed,
      })
      expect(unexplained, `FUZZ_SEED=${fuzzSeed}`).toEqual([])
      // A reason that applies to no token is obsolete.
      const reasons = knownDifferences.flatMap(({ by, reason }) =>
        by.map((one) => `${one}: ${reason}`),
      )
      expect([...metDifferences].sort()).toEqual(reasons.sort())
    },
  )
})
