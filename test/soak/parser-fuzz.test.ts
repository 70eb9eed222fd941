// Runs test/fuzz/parsers.test.ts with 20,000 inputs per property, times FUZZ_FACTOR.
import fc from 'fast-check'
import { it } from 'vitest'
import { fuzzFactor, fuzzSeed } from '../support/hostile/fuzz.js'
import { properties } from '../support/hostile/parser-properties.js'

it.each(Object.entries(properties))('%s', { timeout: 3_600_000 }, (_, { property }) => {
  fc.assert(property, { numRuns: 20_000 * fuzzFactor, seed: fuzzSeed })
})
