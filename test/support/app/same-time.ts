import { randomInt } from 'node:crypto'
import { expect } from 'vitest'
import { mannWhitneyZ, median } from './statistics.js'

type Attempt = (i: number) => Promise<unknown>

/** Two things that nobody must be able to tell apart by the time they take. */
export interface Pair {
  readonly known: Attempt
  readonly unknown: Attempt
}

/*
 * Equal times are told apart in 0.27 % of all runs. Another run with samples of its own is then asked: both are wrong once
 * in 137,000 cases, and of a dozen pairs one is, once in 11,000 times.
 */
const threshold = 3

/** Fails when two runs in a row tell the two apart (Mann and Whitney). */
export async function expectSameTime(name: string, pair: Pair, tries: number) {
  for (let i = 0; i < 10; i += 1) await both(pair, i) // to warm up
  const first = await compare(pair, tries)
  const result = Math.abs(first.z) <= threshold ? first : await compare(pair, tries)
  console.log(
    `${name}: |z| = ${Math.abs(first.z).toFixed(2)}, ${first.difference.toFixed(3)} ms apart`,
  )
  const told = `${name}: ${result.difference.toFixed(3)} ms apart, z = ${result.z.toFixed(2)}, before ${first.z.toFixed(2)}`
  expect(Math.abs(result.z), told).toBeLessThanOrEqual(threshold)
}

/** In turns, by chance one or the other first: whatever else happens on the machine meets both alike. */
async function both({ known, unknown }: Pair, i: number): Promise<[number, number]> {
  if (randomInt(2) === 1) {
    const first = await timeOf(known, i)
    return [first, await timeOf(unknown, i)]
  }
  const first = await timeOf(unknown, i)
  return [await timeOf(known, i), first]
}

async function compare(pair: Pair, tries: number) {
  const knownTimes: number[] = []
  const unknownTimes: number[] = []
  for (let i = 0; i < tries; i += 1) {
    const [known, unknown] = await both(pair, i)
    knownTimes.push(known)
    unknownTimes.push(unknown)
  }
  return {
    z: mannWhitneyZ(unknownTimes, knownTimes),
    difference: Math.abs(median(unknownTimes) - median(knownTimes)),
  }
}

async function timeOf(attempt: Attempt, i: number) {
  const start = performance.now()
  await attempt(i)
  return performance.now() - start
}
