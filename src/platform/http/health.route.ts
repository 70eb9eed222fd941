import type { FastifyInstance } from 'fastify'
import type { RedisLink } from '../redis.js'

export interface HealthDeps {
  readonly isReady: () => Promise<boolean>
  /** Null without REDIS_URL. */
  readonly redis: Pick<RedisLink, 'isUp'> | null
}

/**
 * `/healthz`: the process answers. `/readyz`: so does its database (the server listens only when the
 * migrations are applied), and it is not about to stop; otherwise 503, so that no traffic is sent here. Without Redis
 * a replica works on, counting attempts by itself: it says so and stays ready, or all would leave at once.
 */
export const healthRoutes =
  ({ isReady, redis }: HealthDeps) =>
  (server: FastifyInstance) => {
    server.get('/healthz', () => ({ status: 'ok' }))
    server.get('/readyz', async (_request, reply) => {
      const ready = await isReady()
      return reply.code(ready ? 200 : 503).send({
        status: ready ? 'ready' : 'not ready',
        ...(redis && { redis: redis.isUp() ? 'up' : 'down' }),
      })
    })
  }
