import { paceOf, type Bench } from '../bench.js'
import { latchkey } from '../servers/latchkey.js'
import { meAgain } from './plans.js'
import { refresher } from './refresh.js'
import { player, playInTurns } from './rounds.js'

/** Two processes on one port beside one, all with their limits on Redis: where they queue for something, two are slower. */
export async function workers(bench: Bench) {
  const { house, load, options, redis, figures } = bench
  if (!redis) {
    figures.note('workers share their limits on Redis, of which there is none here')
    return
  }
  const sharing = { JWT_ALGORITHM: 'EdDSA', REDIS_URL: redis.url }
  const one = { name: 'one-worker', title: 'Latchkey, WORKERS=1', settings: sharing }
  const two = {
    ...{ name: 'two-workers', title: 'Latchkey, WORKERS=2' },
    settings: { ...sharing, WORKERS: '2' },
  }
  const servers = [
    await house.open(latchkey(one, options)),
    await house.open(latchkey(two, options)),
  ]
  const asked = servers.map((server) =>
    player(server.contender.name, server, load, (seconds) => meAgain(server, seconds)),
  )
  await playInTurns('workers-me', asked, paceOf(bench, 3, 1.2), figures)
  const refreshed = servers.map((server) => refresher(bench, server))
  await playInTurns('workers-refresh', refreshed, paceOf(bench, 3, 1.2), figures)
}
