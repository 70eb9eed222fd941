import { existsSync, readFileSync } from 'node:fs'

/**
 * The seed of a run. To repeat a failure, set FUZZ_SEED to it. Every failure message contains it, and the run prints
 * it.
 */
export const fuzzSeed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
process.stdout.write(`FUZZ_SEED=${fuzzSeed}\n`)

const file = 'test/soak/fuzz-factor'

/** Multiplies the runs of the soak: FUZZ_FACTOR, or a number in the file test/soak/fuzz-factor. */
export const fuzzFactor = Number(
  process.env['FUZZ_FACTOR'] ?? (existsSync(file) ? readFileSync(file, 'utf8') : 1),
)
