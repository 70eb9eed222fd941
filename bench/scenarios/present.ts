import type { Bench } from '../bench.js'
import type { Contender } from '../servers/contender.js'

/** Those of them that can run here, started: together, for nothing is measured yet. */
export async function present({ figures, house }: Bench, contenders: readonly Contender[]) {
  const here = contenders.filter(({ title, absent }) => {
    const reason = absent()
    if (reason) figures.note(`${title}: not here (${reason})`)
    return !reason
  })
  return Promise.all(here.map((contender) => house.open(contender)))
}
