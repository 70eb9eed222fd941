// Parsers accept any client input without exceptions and return one canonical form. A second spelling would be a second
// account, budget or session (CWE-20, CWE-180).
import fc from 'fast-check'
import { it } from 'vitest'
import { fuzzSeed } from '../support/hostile/fuzz.js'
import { properties } from '../support/hostile/parser-properties.js'

it.each(Object.entries(properties))('%s', (_, { property }) => {
  fc.assert(property, { numRuns: 300, seed: fuzzSeed })
})
