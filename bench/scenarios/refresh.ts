import { latchkeyAs, paceOf, type Bench } from '../bench.js'
import type { Server } from '../house.js'
import { accountsJs } from '../servers/accounts-js.js'
import { floorGo } from '../servers/floors.js'
import { oidcProvider } from '../servers/oidc-provider.js'
import { tutorial } from '../servers/tutorial.js'
import { refreshes } from './plans.js'
import { present } from './present.js'
import { player, playInTurns } from './rounds.js'

/** Each connection rotates its own token, again and again. */
export async function refresh(bench: Bench) {
  const contenders = [
    latchkeyAs('latchkey', bench),
    latchkeyAs('latchkey-rs256', bench),
    ...[tutorial, accountsJs, oidcProvider, floorGo],
  ]
  const servers = await present(bench, contenders)
  const players = servers.map((server) => refresher(bench, server))
  await playInTurns('refresh', players, paceOf(bench, 3, 1.2), bench.figures)
}

export const refresher = ({ load }: Bench, server: Server) =>
  player(
    server.contender.name,
    server,
    load,
    (seconds) => refreshes(server, seconds),
    ({ tokens, harvested }) => {
      server.refreshTokens = tokens
      server.unseen.push(...harvested)
    },
  )
