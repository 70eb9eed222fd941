import { spawnSync } from 'node:child_process'
import { startRedis } from '../../test/support/processes/redis-server.js'

export interface Redis {
  readonly url: string
  readonly close: () => Promise<void>
}

/** The server that BENCH_REDIS_URL names, or one of our own while the bench lasts; null where none is installed. */
export async function openRedis(configuredUrl: string | undefined): Promise<Redis | null> {
  if (configuredUrl) return { url: configuredUrl, close: () => Promise.resolve() }
  const { status } = spawnSync('redis-server', ['--version'], { stdio: 'ignore' })
  return status === 0 ? startRedis() : null
}
