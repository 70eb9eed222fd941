import { spawnSync } from 'node:child_process'
import { startRedis } from '../../test/support/processes/redis-server.js'

export interface Redis {
  readonly url: string
  readonly close: () => Promise<void>
}

/** The server of BENCH_REDIS_URL, or a temporary one for this run; null when Redis is not installed. */
export async function openRedis(configuredUrl: string | undefined): Promise<Redis | null> {
  if (configuredUrl) return { url: configuredUrl, close: () => Promise.resolve() }
  const { status } = spawnSync('redis-server', ['--version'], { stdio: 'ignore' })
  return status === 0 ? startRedis() : null
}
