import type { Bench } from '../bench.js'
import type { Server } from '../house.js'
import type { Contender } from '../servers/contender.js'

/** Those of them that can run here, started. */
export async function present(bench: Bench, contenders: readonly Contender[]) {
  const servers: Server[] = []
  for (const contender of contenders) {
    const absent = contender.absent()
    if (absent) bench.figures.note(`${contender.title}: not here (${absent})`)
    else servers.push(await bench.house.open(contender))
  }
  return servers
}
