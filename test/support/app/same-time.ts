import { randomInt } from 'node:crypto'
import { expect } from 'vitest'
import { mannWhitneyZ, median } from './statistics.js'

type Attempt = (i: number) => Promise<unknown>

/** Two things that nobody must be able to tell apart by the time they take. */
export interface TimedPair {
  readonly known: Attempt
  readonly unknown: Attempt
}

/*
 * Equal times are told apart in 0.27 % of all runs. Another run with samples of its own is then asked: both are wrong once
 * in 137,000 cases, and of a dozen pairs one is, once in 11,000 times.
 */
const maxZ = 3

/** Fails when two runs in a row tell the two apart (Mann and Whitney). */
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

/** In turns, by chance one or the other first: whatever else happens on the machine meets both alike. */
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
