import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'

/** Messages for requests that never became an operation. */
const messages: Record<number, string> = {
  400: 'This is not a valid HTTP request.',
  404: 'Nothing is served at this path.',
  405: 'This method is not allowed here.',
  408: 'The request took too long to arrive.',
  413: 'The body must be at most 100 kB.',
  415: 'The body must be application/json in UTF-8.',
  417: 'The only supported expectation is 100-continue.',
  431: 'The headers must be at most 16 kB.',
}

const invalidJsonMessage = 'Invalid JSON: the body must be JSON in UTF-8.'

/** An error that the error handler answers with that status. */
export const httpError = (statusCode: number) => Object.assign(new Error(), { statusCode })

/** Answers every refusal as JSON in the form of GraphQL errors. */
export function registerErrorHandlers(server: FastifyInstance) {
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) request.log.error({ err: error, requestId: request.id }, 'failed')
    // Only errors about bodies have this status here.
    return sendError(reply, status, request.id, status === 400 ? invalidJsonMessage : undefined)
  })
  server.setNotFoundHandler((request, reply) => sendError(reply, 404, request.id))
}

export function sendError(
  reply: FastifyReply,
  status: number,
  requestId: string,
  message?: string,
) {
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(errorBody(status, { requestId, message }))
}

export function errorBody(
  status: number,
  { requestId, message }: { requestId?: string; message?: string | undefined } = {},
) {
  const isInternal = status >= 500
  const text = isInternal ? 'Something went wrong on our side.' : (message ?? messages[status])
  const extensions = isInternal
    ? { code: 'INTERNAL_SERVER_ERROR', requestId }
    : { code: 'BAD_REQUEST' }
  return JSON.stringify({ errors: [{ message: text ?? 'The request was refused.', extensions }] })
}
