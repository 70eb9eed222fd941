import type { FastifyReply, FastifyRequest } from 'fastify'
import { negotiateLanguage } from './negotiate-language.js'
import { createRenderPage } from './render-page.js'
import type { CommonTexts } from './texts/common-texts.js'
import { de } from './texts/de.js'
import { en } from './texts/en.js'
import { es } from './texts/es.js'
import type { View } from './views.js'

const textsByLanguage = { en, de, es }

/** Sends a page in the language that the browser prefers. */
export function createSendPage(publicUrl: string) {
  const { contentSecurityPolicy, render } = createRenderPage(publicUrl)

  return (
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    createView: (texts: CommonTexts) => View,
  ) => {
    const texts = textsByLanguage[negotiateLanguage(request.headers['accept-language'])]
    // The CORS plugin may already have added Origin.
    const vary = [reply.getHeader('vary') ?? [], 'Accept-Language'].flat().join(', ')
    // Always no-referrer, independent of other routes: no other site may see the token in the URL.
    return reply
      .code(status)
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', contentSecurityPolicy)
      .header('referrer-policy', 'no-referrer')
      .header('cache-control', 'no-store')
      .header('content-language', texts.language)
      .header('vary', vary)
      .send(render(texts, createView(texts)))
  }
}
