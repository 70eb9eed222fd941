import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { rateLimitHeaders } from './rate-limit-headers.js'
import { acceptOnlyJson } from './json-only.js'
import { canonicalIp } from './client-ip.js'
import { guardConnections, serverOptions } from './connections.js'
import { registerErrorHandlers, sendError } from './error-responses.js'
import { logRequests } from './request-log.js'
import { responseHeaders } from './security-headers.js'

export interface HttpOptions {
  readonly publicUrl: string
  readonly corsOrigins: readonly string[]
  /** The proxies in front of the service whose forwarded headers are trusted. */
  readonly trustedProxies: TrustedProxies
  readonly log: Logger
}

/** The number of proxies, or their addresses and networks. */
export type TrustedProxies = number | readonly string[]

export type Routes = (server: FastifyInstance) => void

/** Bytes. The largest legitimate request is a sign-in of some 2 kB. */
const maxBodyBytes = 100 * 1024

/** The HTTP server: settings and hooks for every request on every route. */
export async function createHttpServer(
  { publicUrl, corsOrigins, trustedProxies, log }: HttpOptions,
  routes: Routes[],
) {
  const loggerInstance: FastifyBaseLogger = log
  const commonHeaders = responseHeaders({ https: publicUrl.startsWith('https:') })
  const server: FastifyInstance = fastify({
    loggerInstance,
    http: serverOptions,
    // request-log.ts logs requests.
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    // One logger for all requests, because a child logger per request is slow. Callers log the request id themselves.
    childLoggerFactory: (logger) => logger,
    bodyLimit: maxBodyBytes,
    trustProxy: trustProxyOption(trustedProxies),
    // The server generates the ids: an id chosen by a client could forge lines in the log.
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // A shutdown finishes requests in flight and does not wait for idle connections.
    forceCloseConnections: 'idle',
    // For a malformed path such as /%: the default answer would repeat it. No hook runs for it.
    frameworkErrors: (_error, request, reply) => {
      const { id } = request
      void sendError(reply.headers(commonHeaders).header('x-request-id', id), 404, id)
    },
    clientErrorHandler: () => undefined, // guardConnections answers instead
    // Until the connection closes, a request on it counts as in flight.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    requestTimeout: 30_000,
  })

  guardConnections(server.server, commonHeaders)
  server.addHook('onListen', (done) => {
    for (const binding of secondaryServers(server)) guardConnections(binding, commonHeaders)
    done()
  })
  // Registered first, because the hook of @fastify/cors answers preflights.
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(commonHeaders).header('x-request-id', request.id)
    // For the refresh cookie. @fastify/cors would send it to every origin.
    if (corsOrigins.includes(request.headers.origin ?? '')) {
      void reply.header('access-control-allow-credentials', 'true')
    }
    // RFC 9112 §3.2
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined) {
      void sendError(reply, 400, request.id)
    } else done()
  })
  closeConnectionsOnShutdown(server)
  await server.register(cookie)
  // Exact origins only. An OPTIONS request that is no preflight is answered like one, not refused in plain text.
  await server.register(cors, {
    origin: [...corsOrigins],
    methods: ['GET', 'POST'],
    exposedHeaders: ['x-request-id', 'retry-after', ...Object.values(rateLimitHeaders)].join(', '),
    maxAge: 600,
    strictPreflight: false,
  })
  if (trustedProxies === 0 || typeof trustedProxies !== 'number')
    warnAboutUntrustedProxies(server, log)
  logRequests(server, log)
  acceptOnlyJson(server)
  registerErrorHandlers(server)
  for (const register of routes) register(server)
  return server
}

/**
 * With a number: trusts exactly that many hops, because entries that the client wrote itself are further left in the
 * header. With addresses: only those may forward.
 */
function trustProxyOption(proxies: TrustedProxies) {
  if (typeof proxies !== 'number') return [...proxies]
  return proxies > 0 && ((_address: string, hop: number) => hop < proxies)
}

/** With HOST=localhost Fastify listens with a second server on ::1, without public access to it. */
function secondaryServers(server: FastifyInstance): Server[] {
  const symbols = Object.getOwnPropertySymbols(server)
  const bindings = symbols.find(({ description }) => description === 'fastify.serverBindings')
  return bindings ? ((server as unknown as Record<symbol, Server[]>)[bindings] ?? []) : []
}

/** All clients behind an untrusted proxy have its address, and share one rate limit budget. */
function warnAboutUntrustedProxies(server: FastifyInstance, log: Logger) {
  let hasWarned = false
  server.addHook('onRequest', (request, _reply, done) => {
    const { headers, socket, ip } = request
    const isForwarded = (headers['x-forwarded-for'] ?? headers.forwarded) !== undefined
    if (isForwarded && !hasWarned && isSameIp(ip, socket.remoteAddress)) {
      hasWarned = true
      log.warn(
        'a request has forwarded headers, which are ignored: behind proxies, set TRUST_PROXY to their addresses or their number',
      )
    }
    done()
  })
}

const isSameIp = (one: string, other: string | undefined) => canonicalIp(one) === canonicalIp(other)

/** Otherwise the shutdown would wait for connections that are kept alive. */
function closeConnectionsOnShutdown(server: FastifyInstance) {
  let isClosing = false
  server.addHook('preClose', (done) => {
    isClosing = true
    done()
  })
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (isClosing) void reply.header('connection', 'close')
    done()
  })
}
