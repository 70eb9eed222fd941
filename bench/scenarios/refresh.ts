import { latchkeyVariant, createPace, type Bench } from '../bench.js'
import type { RunningServer } from '../server-pool.js'
import { accountsJs } from '../servers/accounts-js.js'
import { floorGo } from '../servers/floors.js'
import { oidcProvider } from '../servers/oidc-provider.js'
import { tutorial } from '../servers/tutorial.js'
import { refreshPlan } from './plans.js'
import { openAvailable } from './open-available.js'
import { runner, runInterleaved } from './rounds.js'

/** Each connection rotates its own token repeatedly. */
export async function refresh(bench: Bench) {
  const contenders = [
    latchkeyVariant('latchkey', bench),
    latchkeyVariant('latchkey-rs256', bench),
    ...[tutorial, accountsJs, oidcProvider, floorGo],
  ]
  const servers = await openAvailable(bench, contenders)
  const runners = servers.map((server) => refreshRunner(bench, server))
  await runInterleaved('refresh', runners, createPace(bench, 3, 1.2), bench.figures)
}

export const refreshRunner = ({ load }: Bench, server: RunningServer) =>
  runner(
    server.contender.name,
    server,
    load,
    (seconds) => refreshPlan(server, seconds),
    ({ tokens, captured }) => {
      server.refreshTokens = tokens
      server.unusedTokens.push(...captured)
    },
  )
