import type { FastifyInstance } from 'fastify'
import { httpError } from './error-responses.js'

/**
 * Accepts only JSON in UTF-8. Any page can post a form or text/plain without a preflight (CSRF). Another charset
 * could hide content from a firewall that inspects requests.
 */
export function acceptOnlyJson(server: FastifyInstance) {
  server.removeContentTypeParser('text/plain')
  const parseJson = server.getDefaultJsonParser('error', 'error')
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(
      request.headers['content-type'] ?? '',
    )?.[1]
    if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
      done(httpError(415))
      return
    }
    const text = decodeUtf8(body as Buffer)
    if (text === null) done(httpError(400))
    else void parseJson(request, text, done)
  })
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Null for bytes that are not UTF-8: read leniently, two different passwords could become one. */
function decodeUtf8(bytes: Buffer) {
  try {
    return decoder.decode(bytes)
  } catch {
    return null
  }
}
