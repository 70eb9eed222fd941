import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Mustache from 'mustache'
import { inlineStyleSource } from '../../../platform/http/inline-style.js'
import { isLoopback } from '../../../platform/http/loopback.js'
import { sendError } from '../../../platform/http/error-responses.js'
import type { RecentMail } from '../recent-mail.js'
import type { OutgoingMail } from '../transport.js'

const pageTemplate = readFileSync(new URL('page.html', import.meta.url), 'utf8')

const pageCsp = `default-src 'none'; style-src ${inlineStyleSource(pageTemplate)}; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
// The policy of the e-mail in its frame: only its own styles.
const emailCsp = `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`

/**
 * `/dev/mail` shows the last sent e-mails to a developer on this machine. Their links set passwords, so no other
 * client may see them. The checks refuse proxies, other machines and web pages whose name resolves to this machine
 * (DNS rebinding). They also refuse pages of origins in CORS_ORIGINS: such requests have an Origin header.
 */
export const mailPreviewRoutes =
  ({ recentMail }: { recentMail: RecentMail }) =>
  (server: FastifyInstance) => {
    server.get('/dev/mail', (request, reply) => {
      if (!isDeveloper(request)) return sendError(reply, 404, request.id)
      const messages = recentMail.list().map(toView)
      return send(
        reply,
        pageCsp,
        Mustache.render(pageTemplate, { title: 'Mail', list: { messages } }),
      )
    })

    server.get<{ Params: { id: string } }>('/dev/mail/:id', (request, reply) => {
      const mail = isDeveloper(request) && recentMail.find(request.params.id)
      if (!mail) return sendError(reply, 404, request.id)
      const view = { title: mail.subject, message: toView(mail) }
      return send(reply, pageCsp, Mustache.render(pageTemplate, view))
    })

    server.get<{ Params: { id: string } }>('/dev/mail/:id/html', (request, reply) => {
      const mail = isDeveloper(request) && recentMail.find(request.params.id)
      if (!mail) return sendError(reply, 404, request.id)
      // Links open in a new tab, not in the frame.
      const html = mail.html.replace('<head>', '<head><base target="_blank">')
      void reply.header('x-frame-options', 'SAMEORIGIN')
      return send(reply, emailCsp, html)
    })
  }

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])
// Headers that proxies add. Proxies without such headers speak HTTP/1.0 to the server, like nginx.
const proxyHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-real-ip',
  'cf-connecting-ip',
]

function isDeveloper({ socket, headers, raw }: FastifyRequest) {
  const url = `http://${headers.host ?? ''}`
  const host = URL.canParse(url) ? new URL(url).hostname : ''
  const isDirect = raw.httpVersion !== '1.0' && !proxyHeaders.some((name) => name in headers)
  const isLocal = loopback.has(socket.remoteAddress ?? '') && isLoopback(host)
  return isDirect && isLocal && headers.origin === undefined
}

const toView = ({ date, ...mail }: OutgoingMail) => ({ ...mail, sent: date.toISOString() })

const send = (reply: FastifyReply, csp: string, html: string) =>
  reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', csp)
    .send(html)
