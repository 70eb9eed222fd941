import { latchkeyAs, paceOf, type Bench } from '../bench.js'
import { accountsJs } from '../servers/accounts-js.js'
import { betterAuth, betterAuthCached } from '../servers/better-auth.js'
import { floorGo, floorNode, floorStatic } from '../servers/floors.js'
import { tutorial } from '../servers/tutorial.js'
import { present } from './present.js'
import { meAgain } from './plans.js'
import { player, playInTurns } from './rounds.js'

/** Who am I? The question that every page asks, with the tokens of 48 people. */
export async function me(bench: Bench) {
  const contenders = [
    latchkeyAs('latchkey', bench),
    latchkeyAs('latchkey-embedded', bench),
    ...[tutorial, betterAuth, betterAuthCached, accountsJs],
    ...[floorGo, floorNode, floorStatic],
  ]
  const servers = await present(bench, contenders)
  const players = servers.map((server) =>
    player(server.contender.name, server, bench.load, (seconds) => meAgain(server, seconds)),
  )
  await playInTurns('me', players, paceOf(bench, 4, 1), bench.figures)
}
