import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartupError } from '../../platform/errors.js'
import { findTemplateProblem } from './check-template.js'
import type { EmailKind } from './email-kind.js'
import { sections, templateFiles } from './template-files.js'
import { createTextsFileSchema, type TextsFile } from './texts/texts.js'

export interface Template {
  readonly path: string
  readonly source: string
}

/** The templates and texts of an operator. */
export interface Overrides {
  /** By file name. */
  readonly templates: ReadonlyMap<string, Template>
  /** By language. */
  readonly texts: ReadonlyMap<string, TextsFile>
}

export const noOverrides: Overrides = { templates: new Map(), texts: new Map() }

export const templatesError = (path: string, problem: string) =>
  new StartupError(`MAIL_TEMPLATES: ${path}: ${problem}`)

/** Reads the whole folder. Throws for every file that would break an e-mail later. */
export async function readOverrides(
  folder: string,
  kinds: readonly EmailKind[],
): Promise<Overrides> {
  const files = templateFiles(kinds)
  const textsSchema = createTextsFileSchema(kinds)
  const templates = new Map<string, Template>()
  const texts = new Map<string, TextsFile>()
  for (const name of await listFiles(folder)) {
    const path = join(folder, name)
    const language = languageOf(name)
    const placeholders = files.get(name)
    if (language) texts.set(language, parseTexts(textsSchema, path, await readUtf8(path)))
    else if (placeholders)
      templates.set(name, checkTemplate(path, await readUtf8(path), placeholders))
    else throw templatesError(path, describeUnexpectedFile(files))
  }
  return { templates, texts }
}

const describeUnexpectedFile = (files: ReadonlyMap<string, unknown>) =>
  `is not a known file name. Expected ${[...files.keys()].join(', ')}, or the texts of a language, such as fr.json or pt-BR.json.`

async function listFiles(folder: string): Promise<string[]> {
  try {
    // Editors and Kubernetes keep their own data in dot files.
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort()
  } catch (error) {
    throw templatesError(folder, `cannot be read as a folder: ${(error as Error).message}`)
  }
}

async function readUtf8(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    throw templatesError(path, `cannot be read as UTF-8: ${(error as Error).message}`)
  }
}

function checkTemplate(path: string, source: string, placeholders: readonly string[]): Template {
  const problem = /\S/.test(source)
    ? findTemplateProblem(source, placeholders, sections)
    : 'is empty'
  if (problem) throw templatesError(path, problem)
  return { path, source }
}

function parseTexts(
  textsSchema: ReturnType<typeof createTextsFileSchema>,
  path: string,
  content: string,
): TextsFile {
  const { data, error } = textsSchema.safeParse(parseJson(path, content))
  if (data) return data
  const problems = error.issues.map(({ path: keys, message }) =>
    keys.length > 0 ? `${keys.join('.')}: ${message}` : message,
  )
  throw templatesError(path, problems.join('; '))
}

function parseJson(path: string, content: string): unknown {
  try {
    return JSON.parse(content)
  } catch (error) {
    throw templatesError(path, `is not JSON: ${(error as Error).message}`)
  }
}

/**
 * The BCP 47 language tag in the file name. Only the canonical spelling is accepted, so that two files cannot name
 * one language.
 */
function languageOf(name: string): string | undefined {
  const [, tag] = /^([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.json$/.exec(name) ?? []
  try {
    return Intl.getCanonicalLocales(tag).find((canonical) => canonical === tag)
  } catch {
    return undefined
  }
}
