import { readFileSync } from 'node:fs'
import mustache from 'mustache'
import { inlineStyleSource } from '../../platform/http/inline-style.js'
import type { CommonTexts } from './texts/common-texts.js'
import type { View } from './views.js'

/** The shared layout of all pages, and the policy (CSP) that allows only its content. */
export function createRenderPage(publicUrl: string) {
  const layout = readFileSync(new URL('./page.html', import.meta.url), 'utf8')
  const service = new URL(publicUrl).host

  return {
    contentSecurityPolicy: buildContentSecurityPolicy(layout),
    render: ({ language, problem }: CommonTexts, view: View): string => {
      const failed = (view.problems ?? []).length > 0
      return mustache.render(layout, { language, service, problem, failed, ...view })
    },
  }
}

function buildContentSecurityPolicy(layout: string) {
  return [
    "default-src 'none'",
    `style-src ${inlineStyleSource(layout)}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
