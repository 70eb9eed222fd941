import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { errorBody } from './error-responses.js'
import type { ResponseHeaders } from './security-headers.js'

/** Node's own answers, which have no headers at all, are replaced by those of `guardConnections`. */
export const serverOptions = { requireHostHeader: false } as const

/**
 * What happens on a connection outside of a request: the client's address is read while there is one, and what is not
 * HTTP is refused with the headers of every other answer.
 */
export function guardConnections(server: Server, headers: ResponseHeaders) {
  server.on('connection', cacheRemoteAddress)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Nothing on the connection can be trusted afterwards.
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
 * A connection that is reset has no `remoteAddress` later, unless it was read before: Node keeps it then. A connection
 * that was reset before that cannot be answered, so it is closed.
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
