import type { FastifyRequest } from 'fastify'
import { canonicalIp, networkOf, siteOf } from './client-ip.js'

/** What an operation may know of the request that asked for it. */
export interface RequestInfo {
  readonly id: string
  /** The client's address, in its one canonical spelling. */
  readonly ip: string
  /** The place that the address stands for where attempts are counted. */
  readonly network: string
  /** The wider IPv6 network around it; null for IPv4. */
  readonly site: string | null
  readonly userAgent: string | null
}

// A header may be 16 kB; what is stored with every session and event is what a person can recognise.
const maxUserAgentLength = 300

// NUL cannot be stored by PostgreSQL, and control characters would forge lines where logs are printed.
const unprintable = /[^\x20-\x7e\xa0-\xff]/g

/** Throws for a request without an address: nothing could be counted or recorded for it. */
export function readRequestInfo(request: FastifyRequest): RequestInfo {
  const ip = clientIp(request)
  if (ip === null) throw new Error('a request has no client address')
  const userAgent = request.headers['user-agent']
    ?.replace(unprintable, '')
    .slice(0, maxUserAgentLength)
  return {
    id: request.id,
    ip,
    network: networkOf(ip),
    site: siteOf(ip),
    userAgent: userAgent || null,
  }
}

/**
 * As the trusted proxies say (TRUST_PROXY). What a proxy passes on that is no address counts as the proxy's own:
 * a client that could invent a name for itself would have a budget per name. Null only without a connection, because
 * connections.ts reads the address of each one when it opens.
 */
export const clientIp = (request: FastifyRequest): string | null =>
  canonicalIp(request.ip) ?? canonicalIp(request.socket.remoteAddress)
