import { latchkeyAs, paceOf, type Bench } from '../bench.js'
import type { Server } from '../house.js'
import { floorGo } from '../servers/floors.js'
import { tutorial } from '../servers/tutorial.js'
import { meAnew } from './plans.js'
import { present } from './present.js'
import { refresher } from './refresh.js'
import { player, playInTurns } from './rounds.js'

const mostPerRound = 4_000

/** `me` with tokens that the server has never seen: whatever it remembers of tokens helps nobody here. */
export async function fresh(bench: Bench) {
  const contenders = [
    latchkeyAs('latchkey-forgetful', bench),
    latchkeyAs('latchkey-rs256-forgetful', bench),
    ...[tutorial, floorGo],
  ]
  const servers = await present(bench, contenders)
  const pace = { ...paceOf(bench, 3, 0), warmUp: 0 }
  for (const server of servers) await mint(bench, server, mostPerRound / 2)
  const players = servers.map((server) => {
    const perRound = Math.min(Math.floor(server.unseen.length / pace.rounds), mostPerRound)
    return player(server.contender.name, server, bench.load, () =>
      meAnew(server, server.unseen.splice(0, perRound)),
    )
  })
  await playInTurns('fresh', players, pace, bench.figures)
}

/** Refreshes until there are so many; most are left over from the refreshes that were measured. */
async function mint(bench: Bench, server: Server, enough: number) {
  const { play } = refresher(bench, server)
  while (server.unseen.length < enough) await play(1)
}
