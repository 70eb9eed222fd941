import { latchkeyVariant, createPace, type Bench } from '../bench.js'
import type { RunningServer } from '../server-pool.js'
import { floorGo } from '../servers/floors.js'
import { tutorial } from '../servers/tutorial.js'
import { freshMePlan } from './plans.js'
import { openAvailable } from './open-available.js'
import { refreshRunner } from './refresh.js'
import { runner, runInterleaved } from './rounds.js'

const maxPerRound = 4_000

/** `me` with tokens that the server has never seen, so that no token cache helps. */
export async function fresh(bench: Bench) {
  const contenders = [
    latchkeyVariant('latchkey-uncached', bench),
    latchkeyVariant('latchkey-rs256-uncached', bench),
    ...[tutorial, floorGo],
  ]
  const servers = await openAvailable(bench, contenders)
  const pace = { ...createPace(bench, 3, 0), warmUpSeconds: 0 }
  for (const server of servers) await collectTokens(bench, server, maxPerRound / 2)
  const runners = servers.map((server) => {
    const perRound = Math.min(Math.floor(server.unusedTokens.length / pace.rounds), maxPerRound)
    return runner(server.contender.name, server, bench.load, () =>
      freshMePlan(server, server.unusedTokens.splice(0, perRound)),
    )
  })
  await runInterleaved('fresh', runners, pace, bench.figures)
}

/** Refreshes until there are enough tokens. Most are left over from the measured refreshes. */
async function collectTokens(bench: Bench, server: RunningServer, minTokens: number) {
  const { runRound } = refreshRunner(bench, server)
  while (server.unusedTokens.length < minTokens) await runRound(1)
}
