// Two independent verifiers read the same tokens (RFC 7515, 7519, 9068). If only one of them accepts a token, one is
// wrong or the difference has a named reason.
import { expect, it } from 'vitest'
import { fuzzSeed } from '../support/hostile/fuzz.js'
import { compareVerifiers } from '../support/hostile/token-differential.js'

it.each(['RS256', 'ES256', 'EdDSA'] as const)(
  'accepts the mutated tokens of %s that fast-jwt accepts, except for named reasons',
  async (algorithm) => {
    const { accepted, refused, unexplained } = await compareVerifiers(algorithm, {
      runs: 500,
      seed: fuzzSeed,
    })
    expect(unexplained, `FUZZ_SEED=${fuzzSeed}`).toEqual([])
    expect([accepted > 20, refused > 200]).toEqual([true, true])
  },
)
