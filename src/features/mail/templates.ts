import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import mustache from 'mustache'
import { createLanguages } from './languages.js'
import { letterView, renderText } from './letter-view.js'
import { kindNames, messageKinds, type Letter, type MessageKind } from './message-kinds.js'
import { noOverrides, readOverrides, templatesError, type Template } from './read-overrides.js'
import { layoutFile, ownFile, type Format } from './template-files.js'

const builtIn = new URL('./templates/', import.meta.url)

export interface TemplatesNeeds {
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

type TemplateFor = (kind: MessageKind, format: Format) => Template

/** Reads and checks, once, all that messages are made of: a mistake stops the start, not a message. */
export async function loadTemplates({ folder, product }: TemplatesNeeds): Promise<Templates> {
  const { templates, texts } = folder === null ? noOverrides : await readOverrides(folder)
  const languageFor = createLanguages(texts)
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

  requireLinks(render, templateFor)
  return { render }
}

async function readBuiltIn(file: string): Promise<Template> {
  const path = fileURLToPath(new URL(file, builtIn))
  return { path, source: await readFile(path, 'utf8') }
}

/** A message that lacks the link which it is about takes nobody any further. */
function requireLinks(render: Templates['render'], templateFor: TemplateFor) {
  const url = 'https://example.com/?token=sample'
  const email = 'ada@example.com'
  for (const kind of kindNames.filter((name) => messageKinds[name].path !== null)) {
    const { html, text } = render({ kind, locale: null, url, lifetime: 60_000, email })
    const linked = { html: html.includes(mustache.escape(url)), txt: text.includes(url) }
    for (const format of ['html', 'txt'] as const) {
      const { path } = templateFor(kind, format)
      if (!linked[format]) throw templatesError(path, `leaves out the link of ${kind}: {{url}}`)
    }
  }
}
