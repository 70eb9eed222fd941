import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { randomUUID } from 'node:crypto'
import { limitHeaderNames } from '../graphql/limit-headers.js'
import { jsonOnly } from './json-only.js'
import { rawRefusal, refusals, refuse } from './refusals.js'
import { logRequests } from './request-log.js'
import { securityHeaders } from './security-headers.js'

export interface HttpOptions {
  readonly publicUrl: string
  readonly corsOrigins: readonly string[]
  /** How many proxies in front of the service add the address they were asked from. */
  readonly trustedProxies: number
  readonly log: Logger
}

export type Routes = (server: FastifyInstance) => void

/** Bytes; the largest honest request is a sign-in of some 2 kB. */
const bodyLimit = 100 * 1024

/** The HTTP server: what holds for every request, whichever route it goes to. */
export async function createHttpServer(
  { publicUrl, corsOrigins, trustedProxies, log }: HttpOptions,
  routes: Routes[],
) {
  const loggerInstance: FastifyBaseLogger = log
  const server: FastifyInstance = fastify({
    loggerInstance,
    // The request log is our own (request-log.ts).
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    // One logger for all requests: who logs names the request. A child for each took 3 % of its time.
    childLoggerFactory: (logger) => logger,
    bodyLimit,
    // So many hops and no more: what a client itself writes into the header stands further left.
    trustProxy: trustedProxies > 0 && ((_address: string, hop: number) => hop < trustedProxies),
    // Ids are ours: one that a client chooses could forge lines in the log.
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // A request in flight at shutdown is finished, an idle connection is not waited for.
    forceCloseConnections: 'idle',
    // A path that is no path at all, such as /%: by default it would be repeated in the answer.
    frameworkErrors: (_error, request, reply) => {
      void refuse(reply.header('x-request-id', request.id), 404, request.id)
    },
    // What is not HTTP is refused like everything else; afterwards nothing on the connection can be trusted.
    clientErrorHandler: (error, socket) => {
      if (socket.writable) socket.end(rawRefusal(error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400))
    },
    // Until the connection closes, a request on it is one in flight.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    requestTimeout: 30_000,
  })

  const sameForAll = {
    'cache-control': 'no-store',
    ...securityHeaders({
      contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'none'"] } },
      strictTransportSecurity: publicUrl.startsWith('https:') && { maxAge: 31_536_000 },
      crossOriginEmbedderPolicy: false,
    }),
  }
  // First, because preflights are answered by the hook of @fastify/cors.
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(sameForAll).header('x-request-id', request.id)
    // For the refresh cookie. @fastify/cors would say it to every origin.
    if (corsOrigins.includes(request.headers.origin ?? '')) {
      void reply.header('access-control-allow-credentials', 'true')
    }
    done()
  })
  closeConnectionsAtTheEnd(server)
  await server.register(cookie)
  // Exact origins only. An OPTIONS request that is no preflight is answered like one, not refused in plain text.
  await server.register(cors, {
    origin: [...corsOrigins],
    methods: ['GET', 'POST'],
    exposedHeaders: ['x-request-id', 'retry-after', ...limitHeaderNames].join(', '),
    maxAge: 600,
    strictPreflight: false,
  })
  if (trustedProxies === 0) warnOfProxies(server, log)
  logRequests(server, log)
  jsonOnly(server)
  refusals(server)
  for (const register of routes) register(server)
  return server
}

/** Behind a proxy that nobody told us of, everybody has its address, and shares one budget of attempts. */
function warnOfProxies(server: FastifyInstance, log: Logger) {
  let warned = false
  server.addHook('onRequest', ({ headers }, _reply, done) => {
    if (!warned && (headers['x-forwarded-for'] ?? headers.forwarded) !== undefined) {
      warned = true
      log.warn(
        'a request has forwarded headers, which are ignored: behind proxies, set TRUST_PROXY to how many there are',
      )
    }
    done()
  })
}

/** A connection that is kept for the next request would be waited for at shutdown. */
function closeConnectionsAtTheEnd(server: FastifyInstance) {
  let closing = false
  server.addHook('preClose', (done) => {
    closing = true
    done()
  })
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) void reply.header('connection', 'close')
    done()
  })
}
