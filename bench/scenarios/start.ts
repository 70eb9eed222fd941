import { median } from '../../test/support/app/statistics.js'
import { latchkeyVariant, type Bench } from '../bench.js'

const runCount = 3

/** Milliseconds from the command to the first answer of /readyz. Not the first start, which creates the tables. */
export async function start(bench: Bench) {
  for (const name of ['latchkey', 'latchkey-embedded'] as const) {
    const contender = latchkeyVariant(name, bench)
    const workspace = await bench.serverPool.makePlace(`${name}-starts`)
    const measured: number[] = []
    for (let i = 0; i <= runCount; i += 1) {
      const { startupMs, stop } = await contender.start(workspace)
      await stop()
      if (i > 0) measured.push(startupMs)
    }
    bench.figures.set('start', name, 'milliseconds', median(measured))
    bench.figures.set('start', name, 'worst', Math.max(...measured))
  }
}
