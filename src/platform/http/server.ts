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
  /** Which proxies in front of the service say where a request comes from. */
  readonly trustedProxies: TrustedProxies
  readonly log: Logger
}

/** The number of proxies, or their addresses and networks. */
export type TrustedProxies = number | readonly string[]

export type Routes = (server: FastifyInstance) => void

/** Bytes; the largest honest request is a sign-in of some 2 kB. */
const maxBodyBytes = 100 * 1024

/** The HTTP server: what holds for every request, whichever route it goes to. */
export async function createHttpServer(
  { publicUrl, corsOrigins, trustedProxies, log }: HttpOptions,
  routes: Routes[],
) {
  const loggerInstance: FastifyBaseLogger = log
  const commonHeaders = responseHeaders({ https: publicUrl.startsWith('https:') })
  const server: FastifyInstance = fastify({
    loggerInstance,
    http: serverOptions,
    // The request log is our own (request-log.ts).
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    // One logger for all requests: who logs names the request. A child for each took 3 % of its time.
    childLoggerFactory: (logger) => logger,
    bodyLimit: maxBodyBytes,
    trustProxy: trustProxyOption(trustedProxies),
    // Ids are ours: one that a client chooses could forge lines in the log.
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // A request in flight at shutdown is finished, an idle connection is not waited for.
    forceCloseConnections: 'idle',
    // A path that is no path at all, such as /%: by default it would be repeated in the answer. No hook runs for it.
    frameworkErrors: (_error, request, reply) => {
      const { id } = request
      void sendError(reply.headers(commonHeaders).header('x-request-id', id), 404, id)
    },
    clientErrorHandler: () => undefined, // guardConnections answers
    // Until the connection closes, a request on it is one in flight.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    requestTimeout: 30_000,
  })

  guardConnections(server.server, commonHeaders)
  server.addHook('onListen', (done) => {
    for (const binding of secondaryServers(server)) guardConnections(binding, commonHeaders)
    done()
  })
  // First, because preflights are answered by the hook of @fastify/cors.
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(commonHeaders).header('x-request-id', request.id)
    // For the refresh cookie. @fastify/cors would say it to every origin.
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
 * With a number: so many hops and no more, because what a client itself writes into the header stands further left. With
 * addresses: only those may forward.
 */
function trustProxyOption(proxies: TrustedProxies) {
  if (typeof proxies !== 'number') return [...proxies]
  return proxies > 0 && ((_address: string, hop: number) => hop < proxies)
}

/** With HOST=localhost Fastify listens by a second server, on ::1, that it gives no access to. */
function secondaryServers(server: FastifyInstance): Server[] {
  const symbols = Object.getOwnPropertySymbols(server)
  const bindings = symbols.find(({ description }) => description === 'fastify.serverBindings')
  return bindings ? ((server as unknown as Record<symbol, Server[]>)[bindings] ?? []) : []
}

/** Clients behind a proxy that is not trusted all have its address, and share one budget of attempts. */
function warnAboutUntrustedProxies(server: FastifyInstance, log: Logger) {
  let hasWarned = false
  server.addHook('onRequest', (request, _reply, done) => {
    const { headers, socket, ip } = request
    const isForwarded = (headers['x-forwarded-for'] ?? headers.forwarded) !== undefined
    if (isForwarded && !hasWarned && isSameIp(ip, socket.remoteAddress)) {
      hasWarned = true
      log.warn(
        'a request has forwarded headers, which are ignored: behind proxies, set TRUST_PROXY to their addresses, or to how many there are',
      )
    }
    done()
  })
}

const isSameIp = (one: string, other: string | undefined) => canonicalIp(one) === canonicalIp(other)

/** A connection that is kept for the next request would be waited for at shutdown. */
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
