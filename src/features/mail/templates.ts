import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import mustache from 'mustache'
import { createLanguages } from './languages.js'
import type { EmailKind } from './email-kind.js'
import { letterView, renderText, type Letter } from './letter-view.js'
import { noOverrides, readOverrides, templatesError, type Template } from './read-overrides.js'
import { layoutFile, ownFile, type Format } from './template-files.js'

const builtIn = new URL('./templates/', import.meta.url)

export interface TemplatesNeeds {
  /** All that are sent. */
  readonly kinds: readonly EmailKind[]
  /** Its files win over the built-in ones; null: there is none. */
  readonly folder: string | null
  /** What people know the service as. */
  readonly product: string
}

interface RenderedLetter {
  readonly subject: string
  readonly html: string
  readonly text: string
  /** BCP 47. */
  readonly language: string
}

export interface Templates {
  readonly render: (letter: Letter) => RenderedLetter
}

type TemplateFor = (kind: EmailKind, format: Format) => Template

/** Reads and checks, once, all that messages are made of: a mistake stops the start, not a message. */
export async function loadTemplates({
  kinds,
  folder,
  product,
}: TemplatesNeeds): Promise<Templates> {
  const { templates, texts } = folder === null ? noOverrides : await readOverrides(folder, kinds)
  const languageFor = createLanguages(kinds, texts)
  const layouts = {
    html: templates.get(layoutFile('html')) ?? (await readBuiltIn(layoutFile('html'))),
    txt: templates.get(layoutFile('txt')) ?? (await readBuiltIn(layoutFile('txt'))),
  }
  const templateFor: TemplateFor = (kind, format) =>
    templates.get(ownFile(kind, format)) ?? layouts[format]

  function render(letter: Letter): RenderedLetter {
    const { kind, locale } = letter
    const language = languageFor(locale)
    const view = letterView(letter, language, product)
    const html = mustache.render(templateFor(kind, 'html').source, view)
    const text = renderText(templateFor(kind, 'txt').source, view)
    return { subject: view.subject, html, text: `${text.trim()}\n`, language: language.tag }
  }

  requireLinks(kinds, render, templateFor)
  return { render }
}

async function readBuiltIn(file: string): Promise<Template> {
  const path = fileURLToPath(new URL(file, builtIn))
  return { path, source: await readFile(path, 'utf8') }
}

/** A message that lacks the link which it is about takes nobody any further. */
function requireLinks(
  kinds: readonly EmailKind[],
  render: Templates['render'],
  templateFor: TemplateFor,
) {
  const url = 'https://example.com/?token=sample'
  const email = 'ada@example.com'
  for (const kind of kinds.filter(({ path }) => path !== null)) {
    const { html, text } = render({ kind, locale: null, url, lifetime: 60_000, email })
    const linked = { html: html.includes(mustache.escape(url)), txt: text.includes(url) }
    for (const format of ['html', 'txt'] as const) {
      const { path } = templateFor(kind, format)
      if (!linked[format])
        throw templatesError(path, `leaves out the link of ${kind.name}: {{url}}`)
    }
  }
}
