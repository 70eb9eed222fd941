import { randomInt } from 'node:crypto'
import { expect } from 'vitest'
import { mannWhitneyZ, median } from './statistics.js'

type Attempt = (i: number) => Promise<unknown>

/** Two operations that no client may be able to distinguish by their duration. */
export interface TimedPair {
  readonly known: Attempt
  readonly unknown: Attempt
}

/**
 * With equal times a run reports a difference in 0.27 % of all cases. It is then repeated with new samples. Both runs
 * are wrong once in 137,000 cases; among a dozen pairs, once in 11,000.
 */
const maxZ = 3

/** Fails when two runs in a row distinguish the two (Mann and Whitney). */
export async function expectSameTime(name: string, pair: TimedPair, tries: number) {
  for (let i = 0; i < 10; i += 1) await timeBoth(pair, i) // to warm up
  const first = await compareTimes(pair, tries)
  const result = Math.abs(first.z) <= maxZ ? first : await compareTimes(pair, tries)
  console.log(
    `${name}: |z| = ${Math.abs(first.z).toFixed(2)}, ${first.differenceMs.toFixed(3)} ms apart`,
  )
  const message = `${name}: ${result.differenceMs.toFixed(3)} ms apart, z = ${result.z.toFixed(2)}, before ${first.z.toFixed(2)}`
  expect(Math.abs(result.z), message).toBeLessThanOrEqual(maxZ)
}

/** In alternation with a random first, so that other load on the machine affects both alike. */
async function timeBoth({ known, unknown }: TimedPair, i: number): Promise<[number, number]> {
  if (randomInt(2) === 1) {
    const first = await measureMs(known, i)
    return [first, await measureMs(unknown, i)]
  }
  const first = await measureMs(unknown, i)
  return [await measureMs(known, i), first]
}

async function compareTimes(pair: TimedPair, tries: number) {
  const knownTimesMs: number[] = []
  const unknownTimesMs: number[] = []
  for (let i = 0; i < tries; i += 1) {
    const [known, unknown] = await timeBoth(pair, i)
    knownTimesMs.push(known)
    unknownTimesMs.push(unknown)
  }
  return {
    z: mannWhitneyZ(unknownTimesMs, knownTimesMs),
    differenceMs: Math.abs(median(unknownTimesMs) - median(knownTimesMs)),
  }
}

async function measureMs(attempt: Attempt, i: number) {
  const startMs = performance.now()
  await attempt(i)
  return performance.now() - startMs
}
