import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { clientIp } from './request-info.js'

const probePaths = new Set(['/healthz', '/readyz'])

/**
 * One line per request. Neither headers nor bodies nor query strings are in it, so no secret has to be
 * taken out of it.
 */
export function logRequests(server: FastifyInstance, log: Logger) {
  const requestLog = log.child({}, { redact: [] }) // looking for secrets took 5 % of the time of a request
  // Whoever hangs up leaves no answer to log: a flood of them would be invisible.
  server.addHook('onRequestAbort', (request, done) => {
    const path = request.routeOptions.url ?? 'unknown'
    requestLog.info(
      { requestId: request.id, method: request.method, path, ip: clientIp(request) },
      'the client hung up',
    )
    done()
  })
  server.addHook('onResponse', (request, reply, done) => {
    const { operation } = request
    const path = request.routeOptions.url ?? 'unknown'
    // Probes come every few seconds and say nothing new.
    requestLog[probePaths.has(path) ? 'debug' : 'info'](
      {
        requestId: request.id,
        method: request.method,
        path,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        ip: clientIp(request),
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
