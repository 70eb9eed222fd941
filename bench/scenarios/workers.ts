import { createPace, type Bench } from '../bench.js'
import { latchkey } from '../servers/latchkey.js'
import { mePlan } from './plans.js'
import { refreshRunner } from './refresh.js'
import { runner, runInterleaved } from './rounds.js'

/** Two workers compared with one, all with their limits on Redis. A shared bottleneck would make two slower. */
export async function workers(bench: Bench) {
  const { serverPool, load, options, redis, figures } = bench
  if (!redis) {
    figures.note('workers: not measured, because they need Redis and it is not installed')
    return
  }
  const sharedSettings = { JWT_ALGORITHM: 'EdDSA', REDIS_URL: redis.url }
  const one = { name: 'one-worker', title: 'Latchkey, WORKERS=1', settings: sharedSettings }
  const two = {
    ...{ name: 'two-workers', title: 'Latchkey, WORKERS=2' },
    settings: { ...sharedSettings, WORKERS: '2' },
  }
  const servers = [
    await serverPool.open(latchkey(one, options)),
    await serverPool.open(latchkey(two, options)),
  ]
  const meRunners = servers.map((server) =>
    runner(server.contender.name, server, load, (seconds) => mePlan(server, seconds)),
  )
  await runInterleaved('workers-me', meRunners, createPace(bench, 3, 1.2), figures)
  const refreshRunners = servers.map((server) => refreshRunner(bench, server))
  await runInterleaved('workers-refresh', refreshRunners, createPace(bench, 3, 1.2), figures)
}
