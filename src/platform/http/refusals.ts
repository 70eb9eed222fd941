import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'

/** What a client is told of a request that never became an operation. */
const messages: Record<number, string> = {
  400: 'Invalid JSON: the body must be JSON in UTF-8.',
  404: 'There is nothing here.',
  405: 'This method is not allowed here.',
  413: 'The body must be at most 100 kB.',
  415: 'The body must be application/json in UTF-8.',
}

/** An error that the error handler answers with that status. */
export const refusal = (statusCode: number) => Object.assign(new Error(), { statusCode })

/** Every refusal is JSON in the form of GraphQL errors, whatever was refused. */
export function refusals(server: FastifyInstance) {
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) request.log.error({ err: error, requestId: request.id }, 'failed')
    return refuse(reply, status, request.id)
  })
  server.setNotFoundHandler((request, reply) => refuse(reply, 404, request.id))
}

/** The same for a connection on which there is no request to reply to. */
export function rawRefusal(status: 400 | 431) {
  const message = status === 431 ? 'The headers must be at most 16 kB.' : 'This is not HTTP.'
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] })
  return [
    `HTTP/1.1 ${status} Refused`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n')
}

export function refuse(reply: FastifyReply, status: number, requestId: string) {
  const internal = status >= 500
  const message = internal ? 'Something went wrong on our side.' : messages[status]
  const extensions = internal
    ? { code: 'INTERNAL_SERVER_ERROR', requestId }
    : { code: 'BAD_REQUEST' }
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send({ errors: [{ message: message ?? 'The request was refused.', extensions }] })
}
