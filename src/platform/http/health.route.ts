import type { FastifyInstance } from 'fastify'
import type { RedisLink } from '../redis.js'

export interface HealthDeps {
  readonly isReady: () => Promise<boolean>
  /** Null without REDIS_URL. */
  readonly redis: Pick<RedisLink, 'isUp'> | null
}

/**
 * `/healthz`: the process answers. `/readyz`: its database answers too, and the process is not about to stop;
 * otherwise 503, so that a load balancer sends no traffic. The server listens only after the migrations. Without
 * Redis a replica reports it but stays ready and counts attempts by itself; otherwise all replicas would leave at
 * once.
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
