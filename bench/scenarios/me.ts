import { latchkeyVariant, createPace, type Bench } from '../bench.js'
import { accountsJs } from '../servers/accounts-js.js'
import { betterAuth, betterAuthCached } from '../servers/better-auth.js'
import { floorGo, floorNode, floorStatic } from '../servers/floors.js'
import { tutorial } from '../servers/tutorial.js'
import { openAvailable } from './open-available.js'
import { mePlan } from './plans.js'
import { runner, runInterleaved } from './rounds.js'

/** `me` with the tokens of 48 users: the query that every page sends. */
export async function me(bench: Bench) {
  const contenders = [
    latchkeyVariant('latchkey', bench),
    latchkeyVariant('latchkey-embedded', bench),
    ...[tutorial, betterAuth, betterAuthCached, accountsJs],
    ...[floorGo, floorNode, floorStatic],
  ]
  const servers = await openAvailable(bench, contenders)
  const runners = servers.map((server) =>
    runner(server.contender.name, server, bench.load, (seconds) => mePlan(server, seconds)),
  )
  await runInterleaved('me', runners, createPace(bench, 4, 1), bench.figures)
}
