import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { refusalBody } from './refusals.js'
import type { AnswerHeaders } from './security-headers.js'

/** Node's own answers, which have no headers at all, are replaced by those of `guardConnections`. */
export const serverOptions = { requireHostHeader: false } as const

/**
 * What happens on a connection outside of a request: the client's address is read while there is one, and what is not
 * HTTP is refused with the headers of every other answer.
 */
export function guardConnections(server: Server, headers: AnswerHeaders) {
  server.on('connection', keepAddress)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Nothing on the connection can be trusted afterwards.
    if (socket.writable) socket.end(rawRefusal(statuses[error.code ?? ''] ?? 400, headers))
    else socket.destroy()
  })
  // RFC 9110 §10.1.1: an expectation other than 100-continue.
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const body = refusalBody(417)
    response.writeHead(417, { ...headers, ...bodyHeaders(body), connection: 'close' }).end(body)
  })
}

const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/**
 * A connection that is reset has no `remoteAddress` later, unless it was read before: Node keeps it then. A connection
 * that was reset before that cannot be answered, so it is closed.
 */
function keepAddress(socket: Socket) {
  if (socket.remoteAddress === undefined) socket.destroy()
}

function rawRefusal(status: number, headers: AnswerHeaders) {
  const body = refusalBody(status)
  const lines = Object.entries({ ...headers, ...bodyHeaders(body), connection: 'close' })
  return [
    `HTTP/1.1 ${status} Refused`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n')
}

const bodyHeaders = (body: string): AnswerHeaders => ({
  'content-type': 'application/json; charset=utf-8',
  'content-length': String(Buffer.byteLength(body)),
})
