import type { FastifyInstance } from 'fastify'

/**
 * `/healthz`: the process answers. `/readyz`: so does its database (the server listens only when the
 * migrations are applied), and it is not about to stop; otherwise 503, so that no traffic is sent here.
 */
export const healthRoutes =
  ({ isReady }: { isReady: () => Promise<boolean> }) =>
  (server: FastifyInstance) => {
    server.get('/healthz', () => ({ status: 'ok' }))
    server.get('/readyz', async (_request, reply) => {
      const ready = await isReady()
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' })
    })
  }
