import formbody from '@fastify/formbody'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ExecuteHere } from '../../platform/graphql/execute-here.js'
import { refuse } from '../../platform/http/refusals.js'
import type { FormAbout, Page, PasswordRules } from './define-page.js'
import { parseForm, readFields, readToken, type FormFields } from './form-fields.js'
import { outcomeOf } from './outcome.js'
import { pages } from './pages.js'
import { createSendPage } from './send-page.js'
import type { Notice } from './texts/common-texts.js'
import { failureView, formView, outcomeView, type Filled } from './views.js'

export interface PagesNeeds {
  readonly execute: ExecuteHere
  readonly publicUrl: string
  /** The new address that a token confirms; null when it confirms none (any more). */
  readonly newAddressOf: (token: string) => Promise<string | null>
}

const bodyLimit = 20 * 1024

const passwordRulesDocument = `query PasswordRules {
  rules: authSettings { least: passwordMinLength most: passwordMaxLength }
}`

/**
 * What the links in messages open when there is no app of one's own: forms without a script, which are but one more
 * client of the GraphQL API. A GET uses no token up and every form wants something typed: mail scanners open every
 * link, and some press every button.
 */
export const pagesRoutes =
  ({ execute, publicUrl, newAddressOf }: PagesNeeds) =>
  (server: FastifyInstance) => {
    const send = createSendPage(publicUrl)
    const sendNotice = (
      request: FastifyRequest,
      reply: FastifyReply,
      status: number,
      notice: Notice,
    ) => send(request, reply, status, (texts) => failureView(texts, texts.notices[notice]))
    const sendFault = (request: FastifyRequest, reply: FastifyReply) =>
      send(request, reply, 500, (texts) => failureView(texts, texts.fault(request.id)))

    async function rulesFor({ fields }: Page, request: FastifyRequest, reply: FastifyReply) {
      const takesNew = fields.some(({ autocomplete }) => autocomplete === 'new-password')
      if (!takesNew) return { least: 0, most: 0 }
      const { data } = await execute(passwordRulesDocument, {}, request, reply)
      const rules = (data?.['rules'] ?? null) as PasswordRules | null
      if (!rules) throw new Error('authSettings did not answer')
      return rules
    }

    /** Looked up before the mutation: the request log tells of the last operation. */
    async function fill(
      page: Page,
      fields: FormFields,
      request: FastifyRequest,
      reply: FastifyReply,
    ): Promise<Filled> {
      const rules = await rulesFor(page, request, reply)
      const { token } = fields
      const address = page.showsAddress && token !== undefined ? await newAddressOf(token) : null
      const about: FormAbout = { ...rules, address }
      return { fields, about }
    }

    const show = (page: Page) => async (request: FastifyRequest, reply: FastifyReply) => {
      const token = readToken(request.query)
      if (page.hasToken && token === null) return sendNotice(request, reply, 400, 'incomplete')
      const fields = page.hasToken && token !== null ? { token } : {}
      const filled = await fill(page, fields, request, reply)
      return send(request, reply, 200, (texts) => formView(page, texts, filled))
    }

    const take = (page: Page) => async (request: FastifyRequest, reply: FastifyReply) => {
      const fields = readFields(page, request.body)
      if (!fields) return sendNotice(request, reply, 400, 'malformed')
      const filled = await fill(page, fields, request, reply)
      const outcome = outcomeOf(await execute(page.document, { input: fields }, request, reply))
      if (outcome.kind === 'fault') return sendFault(request, reply)
      if (outcome.kind === 'not-now') reply.header('retry-after', String(outcome.retryAfter))
      return send(request, reply, outcome.status, (texts) =>
        outcomeView(page, texts, filled, outcome),
      )
    }

    // Of its own, so that forms are taken here only; and here nothing else is.
    void server.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      await scope.register(formbody, { bodyLimit, parser: parseForm })
      scope.setErrorHandler((error: FastifyError, request, reply) => {
        const status = error.statusCode ?? 500
        if (status < 500) return sendNotice(request, reply, status, 'malformed')
        request.log.error({ err: error, requestId: request.id }, 'failed')
        return sendFault(request, reply)
      })
      scope.addHook('onRequest', async (request, reply) => {
        if (isForeign(request)) return sendNotice(request, reply, 403, 'foreign')
      })
      for (const page of pages) {
        scope.get(page.path, show(page))
        scope.post(page.path, take(page))
      }
    })
    for (const { path: url } of pages) {
      server.route({
        method: ['PUT', 'PATCH', 'DELETE'],
        url,
        handler: (request, reply) =>
          refuse(reply.header('allow', 'GET, HEAD, POST'), 405, request.id),
      })
    }
  }

/**
 * A form that another site sends (CSRF). The Origin cannot tell: with `Referrer-Policy: no-referrer` it is `null` for
 * our own forms, too. A client that says nothing is no browser of today.
 */
function isForeign({ method, headers }: FastifyRequest) {
  const site = headers['sec-fetch-site']
  return method === 'POST' && site !== undefined && site !== 'same-origin' && site !== 'none'
}
