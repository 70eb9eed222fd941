import formbody from '@fastify/formbody'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ExecuteDocument } from '../../platform/graphql/document-executor.js'
import { sendError } from '../../platform/http/error-responses.js'
import type { IntroValues, Page, PasswordRules } from './define-page.js'
import { parseForm, readFields, readToken, type FormFields } from './form-fields.js'
import { toOutcome } from './outcome.js'
import { pages } from './pages.js'
import { createSendPage } from './send-page.js'
import type { ProblemNotice } from './texts/common-texts.js'
import { failureView, formView, outcomeView, type FormValues } from './views.js'

export interface PagesDeps {
  readonly execute: ExecuteDocument
  readonly publicUrl: string
  /** The new address that a token can confirm. Null when the token is not valid. */
  readonly findNewEmail: (token: string) => Promise<string | null>
}

const maxBodyBytes = 20 * 1024

const passwordRulesDocument = `query PasswordRules {
  rules: authSettings { minLength: passwordMinLength maxLength: passwordMaxLength }
}`

/**
 * The pages that the links in e-mails open when the operator has no app: forms without scripts, which are clients of
 * the GraphQL API. A GET never consumes a token, and every form requires typed input: mail scanners open all links,
 * and some press all buttons.
 */
export const pagesRoutes =
  ({ execute, publicUrl, findNewEmail }: PagesDeps) =>
  (server: FastifyInstance) => {
    const sendPage = createSendPage(publicUrl)
    const sendNoticePage = (
      request: FastifyRequest,
      reply: FastifyReply,
      status: number,
      notice: ProblemNotice,
    ) => sendPage(request, reply, status, (texts) => failureView(texts, texts.notices[notice]))
    const sendErrorPage = (request: FastifyRequest, reply: FastifyReply) =>
      sendPage(request, reply, 500, (texts) => failureView(texts, texts.fault(request.id)))

    async function fetchPasswordRules(
      { fields }: Page,
      request: FastifyRequest,
      reply: FastifyReply,
    ) {
      const hasNewPassword = fields.some(({ autocomplete }) => autocomplete === 'new-password')
      if (!hasNewPassword) return { minLength: 0, maxLength: 0 }
      const { data } = await execute(passwordRulesDocument, {}, request, reply)
      const rules = (data?.['rules'] ?? null) as PasswordRules | null
      if (!rules) throw new Error('The authSettings query returned no data.')
      return rules
    }

    /** Looked up before the mutation, because the request log reports the last operation. */
    async function loadFormValues(
      page: Page,
      fields: FormFields,
      request: FastifyRequest,
      reply: FastifyReply,
    ): Promise<FormValues> {
      const rules = await fetchPasswordRules(page, request, reply)
      const { token } = fields
      const newEmail = page.showsNewEmail && token !== undefined ? await findNewEmail(token) : null
      const introValues: IntroValues = { ...rules, newEmail }
      return { fields, introValues }
    }

    const showForm = (page: Page) => async (request: FastifyRequest, reply: FastifyReply) => {
      const token = readToken(request.query)
      if (page.hasToken && token === null) return sendNoticePage(request, reply, 400, 'incomplete')
      const fields = page.hasToken && token !== null ? { token } : {}
      const formValues = await loadFormValues(page, fields, request, reply)
      return sendPage(request, reply, 200, (texts) => formView(page, texts, formValues))
    }

    const submitForm = (page: Page) => async (request: FastifyRequest, reply: FastifyReply) => {
      const fields = readFields(page, request.body)
      if (!fields) return sendNoticePage(request, reply, 400, 'malformed')
      const formValues = await loadFormValues(page, fields, request, reply)
      const outcome = toOutcome(await execute(page.document, { input: fields }, request, reply))
      if (outcome.kind === 'fault') return sendErrorPage(request, reply)
      if (outcome.kind === 'retry-later')
        reply.header('retry-after', String(outcome.retryAfterSeconds))
      return sendPage(request, reply, outcome.status, (texts) =>
        outcomeView(page, texts, formValues, outcome),
      )
    }

    // A separate scope, so that only these routes accept forms, and they accept nothing else.
    void server.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      await scope.register(formbody, { bodyLimit: maxBodyBytes, parser: parseForm })
      scope.setErrorHandler((error: FastifyError, request, reply) => {
        const status = error.statusCode ?? 500
        if (status < 500) return sendNoticePage(request, reply, status, 'malformed')
        request.log.error({ err: error, requestId: request.id }, 'failed')
        return sendErrorPage(request, reply)
      })
      scope.addHook('onRequest', async (request, reply) => {
        if (isCrossSite(request)) return sendNoticePage(request, reply, 403, 'foreign')
      })
      for (const page of pages) {
        scope.get(page.path, showForm(page))
        scope.post(page.path, submitForm(page))
      }
    })
    for (const { path: url } of pages) {
      server.route({
        method: ['PUT', 'PATCH', 'DELETE'],
        url,
        handler: (request, reply) =>
          sendError(reply.header('allow', 'GET, HEAD, POST'), 405, request.id),
      })
    }
  }

/**
 * Detects a form that another site sends (CSRF). The Origin header cannot tell: with `Referrer-Policy: no-referrer`
 * it is `null` for our own forms as well. A client without these headers is not a current browser.
 */
function isCrossSite({ method, headers }: FastifyRequest) {
  const site = headers['sec-fetch-site']
  return method === 'POST' && site !== undefined && site !== 'same-origin' && site !== 'none'
}
