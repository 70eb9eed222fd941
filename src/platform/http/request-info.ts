import type { FastifyRequest } from 'fastify'

/** What an operation may know of the request that asked for it. */
export interface RequestInfo {
  readonly id: string
  readonly ip: string
  readonly userAgent: string | null
}

// A header may be 16 kB; what is stored with every session and event is what a person can recognise.
const userAgentLength = 300

// NUL cannot be stored by PostgreSQL, and control characters would forge lines where logs are printed.
const unprintable = /[^\x20-\x7e\xa0-\xff]/g

export function requestInfo(request: FastifyRequest): RequestInfo {
  const userAgent = request.headers['user-agent']
    ?.replace(unprintable, '')
    .slice(0, userAgentLength)
  return { id: request.id, ip: request.ip, userAgent: userAgent || null }
}
