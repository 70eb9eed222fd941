import type { FastifyInstance } from 'fastify'
import { clientAddress } from './request-info.js'

const probes = new Set(['/healthz', '/readyz'])

/**
 * One line per request. Neither headers nor bodies nor query strings are in it, so no secret has to be
 * taken out of it.
 */
export function logRequests(server: FastifyInstance) {
  // Whoever hangs up leaves no answer to log: a flood of them would be invisible.
  server.addHook('onRequestAbort', (request, done) => {
    const path = request.routeOptions.url ?? 'unknown'
    request.log.info(
      { method: request.method, path, ip: clientAddress(request) },
      'the client hung up',
    )
    done()
  })
  server.addHook('onResponse', (request, reply, done) => {
    const { operation } = request
    const path = request.routeOptions.url ?? 'unknown'
    // Probes come every few seconds and say nothing new.
    request.log[probes.has(path) ? 'debug' : 'info'](
      {
        method: request.method,
        path,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        ip: clientAddress(request),
        ...(operation && {
          operation: operation.name,
          outcomes: operation.outcomes,
          ...(operation.errors.length > 0 && { errors: operation.errors }),
        }),
      },
      'request',
    )
    done()
  })
}
