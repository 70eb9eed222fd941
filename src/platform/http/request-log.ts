import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { clientIp } from './request-info.js'

const probePaths = new Set(['/healthz', '/readyz'])

/** Logs one line per request, without headers, bodies and query strings, so no secret has to be redacted. */
export function logRequests(server: FastifyInstance, log: Logger) {
  const requestLog = log.child({}, { redact: [] }) // redaction is slow, and these lines have no secrets
  // A client that disconnects gets no answer to log: without this, a flood of them would be invisible.
  server.addHook('onRequestAbort', (request, done) => {
    const path = request.routeOptions.url ?? 'unknown'
    requestLog.info(
      { requestId: request.id, method: request.method, path, ip: clientIp(request) },
      'the client disconnected',
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
