import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { errorBody } from './error-responses.js'
import type { ResponseHeaders } from './security-headers.js'

/** Node.js answers some errors itself, without any headers. `guardConnections` replaces those answers. */
export const serverOptions = { requireHostHeader: false } as const

/**
 * Handles a connection outside of requests. Reads the client's address while there is one, and refuses non-HTTP bytes
 * with the headers of every other answer.
 */
export function guardConnections(server: Server, headers: ResponseHeaders) {
  server.on('connection', cacheRemoteAddress)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // After an error, nothing on the connection can be trusted.
    if (socket.writable)
      socket.end(rawErrorResponse(statusByErrorCode[error.code ?? ''] ?? 400, headers))
    else socket.destroy()
  })
  // RFC 9110 §10.1.1: an expectation other than 100-continue.
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const body = errorBody(417)
    response.writeHead(417, { ...headers, ...bodyHeaders(body), connection: 'close' }).end(body)
  })
}

const statusByErrorCode: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/**
 * After a reset, a connection has no `remoteAddress` unless it was read before: Node.js caches it. A connection that
 * was reset even earlier cannot be answered, so it is closed.
 */
function cacheRemoteAddress(socket: Socket) {
  if (socket.remoteAddress === undefined) socket.destroy()
}

function rawErrorResponse(status: number, headers: ResponseHeaders) {
  const body = errorBody(status)
  const lines = Object.entries({ ...headers, ...bodyHeaders(body), connection: 'close' })
  return [
    `HTTP/1.1 ${status} Refused`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n')
}

const bodyHeaders = (body: string): ResponseHeaders => ({
  'content-type': 'application/json; charset=utf-8',
  'content-length': String(Buffer.byteLength(body)),
})
