import type { FastifyRequest } from 'fastify'
import { canonicalIp, networkOf, siteOf } from './client-ip.js'

/** The information about its request that an operation may use. */
export interface RequestInfo {
  readonly id: string
  /** The client's address, in its canonical spelling. */
  readonly ip: string
  /** The network of the address: rate limits count by it. */
  readonly network: string
  /** The wider IPv6 network around it; null for IPv4. */
  readonly site: string | null
  readonly userAgent: string | null
}

// A header may be 16 kB. Sessions and events store only as much as a person can recognize.
const maxUserAgentLength = 300

// PostgreSQL cannot store NUL, and control characters would forge lines when logs are printed.
const unprintable = /[^\x20-\x7e\xa0-\xff]/g

/** Throws for a request without an address: it could not be counted or recorded. */
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
 * Returns the address that the trusted proxies report (TRUST_PROXY). If a proxy passes on a value that is not an
 * address, the proxy's own address counts. Otherwise a client could invent names and have a budget for each. Null
 * only without a connection, because connections.ts reads the address of each connection when it opens.
 */
export const clientIp = (request: FastifyRequest): string | null =>
  canonicalIp(request.ip) ?? canonicalIp(request.socket.remoteAddress)
