import type { Bench } from '../bench.js'
import type { Contender } from '../servers/contender.js'

/** Starts the contenders that can run here, in parallel, because nothing is measured yet. */
export async function openAvailable(
  { figures, serverPool }: Bench,
  contenders: readonly Contender[],
) {
  const available = contenders.filter(({ title, unavailableReason }) => {
    const reason = unavailableReason()
    if (reason) figures.note(`${title}: not measured (${reason})`)
    return !reason
  })
  return Promise.all(available.map((contender) => serverPool.open(contender)))
}
