import { median } from '../../test/support/app/statistics.js'
import { latchkeyAs, type Bench } from '../bench.js'

const times = 3

/** From the command to the first answer of /readyz: not the first start, which makes the tables. */
export async function start(bench: Bench) {
  for (const name of ['latchkey', 'latchkey-embedded'] as const) {
    const contender = latchkeyAs(name, bench)
    const place = await bench.house.makePlace(`${name}-starts`)
    const measured: number[] = []
    for (let i = 0; i <= times; i += 1) {
      const { startTime, stop } = await contender.start(place)
      await stop()
      if (i > 0) measured.push(startTime)
    }
    bench.figures.set('start', name, 'milliseconds', median(measured))
    bench.figures.set('start', name, 'worst', Math.max(...measured))
  }
}
