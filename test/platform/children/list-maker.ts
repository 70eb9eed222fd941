// Allocates long-lived arrays at one site until V8 pretenures them. Then reports how many of the next arrays are young.
import { runInThisContext } from 'node:vm'
import { setV8Flags } from '../../../src/compose/cli/v8-flags.js'

if (process.argv[2] === 'latchkey start') setV8Flags()
const isYoung = runInThisContext('(list) => %InYoungGeneration(list)') as (list: unknown) => boolean

const makeList = (n: number) => [n, n]
const kept: number[][] = []
for (let n = 0; n < 3_000_000; n += 1) {
  kept.push(makeList(n))
  if (kept.length > 200_000) kept.length = 0
}
let youngCount = 0
for (let n = 0; n < 1_000; n += 1) if (isYoung(makeList(n))) youngCount += 1
process.send?.(youngCount)
process.disconnect()
