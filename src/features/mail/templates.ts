import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import mustache from 'mustache'
import { createLanguageLookup } from './languages.js'
import type { EmailKind } from './email-kind.js'
import { createEmailView, renderText, type RenderInput } from './email-view.js'
import { noOverrides, readOverrides, templatesError, type Template } from './read-overrides.js'
import { layoutFile, kindFile, type Format } from './template-files.js'

const builtInUrl = new URL('./templates/', import.meta.url)

export interface TemplatesDeps {
  /** All kinds of e-mail. */
  readonly kinds: readonly EmailKind[]
  /** The folder with the operator's files, which override the built-in ones. Null: no folder. */
  readonly folder: string | null
  /** The name of the service for people. */
  readonly product: string
}

interface RenderedEmail {
  readonly subject: string
  readonly html: string
  readonly text: string
  /** A BCP 47 language tag. */
  readonly language: string
}

export interface Templates {
  readonly render: (input: RenderInput) => RenderedEmail
}

type TemplateFor = (kind: EmailKind, format: Format) => Template

/** Reads and checks all templates and texts once. A mistake stops the start instead of an e-mail. */
export async function loadTemplates({ kinds, folder, product }: TemplatesDeps): Promise<Templates> {
  const { templates, texts } = folder === null ? noOverrides : await readOverrides(folder, kinds)
  const languageFor = createLanguageLookup(kinds, texts)
  const layouts = {
    html: templates.get(layoutFile('html')) ?? (await readBuiltInTemplate(layoutFile('html'))),
    txt: templates.get(layoutFile('txt')) ?? (await readBuiltInTemplate(layoutFile('txt'))),
  }
  const templateFor: TemplateFor = (kind, format) =>
    templates.get(kindFile(kind, format)) ?? layouts[format]

  function render(input: RenderInput): RenderedEmail {
    const { kind, locale } = input
    const language = languageFor(locale)
    const view = createEmailView(input, language, product)
    const html = mustache.render(templateFor(kind, 'html').source, view)
    const text = renderText(templateFor(kind, 'txt').source, view)
    return { subject: view.subject, html, text: `${text.trim()}\n`, language: language.tag }
  }

  requireLinks(kinds, render, templateFor)
  return { render }
}

async function readBuiltInTemplate(file: string): Promise<Template> {
  const path = fileURLToPath(new URL(file, builtInUrl))
  return { path, source: await readFile(path, 'utf8') }
}

/** Throws if the templates of a kind with a link do not print the link. */
function requireLinks(
  kinds: readonly EmailKind[],
  render: Templates['render'],
  templateFor: TemplateFor,
) {
  const url = 'https://example.com/?token=sample'
  const email = 'ada@example.com'
  for (const kind of kinds.filter(({ path }) => path !== null)) {
    const { html, text } = render({ kind, locale: null, url, lifetimeMs: 60_000, email })
    const containsLink = { html: html.includes(mustache.escape(url)), txt: text.includes(url) }
    for (const format of ['html', 'txt'] as const) {
      const { path } = templateFor(kind, format)
      if (!containsLink[format])
        throw templatesError(path, `does not print the link of ${kind.name}. Add {{url}}.`)
    }
  }
}
