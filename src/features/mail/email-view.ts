import mustache from 'mustache'
import type { Language } from './languages.js'
import { placeholdersOf, type EmailKind } from './email-kind.js'

/** One message to one person, before it is put in words. */
export interface RenderInput {
  readonly kind: EmailKind
  /** The recipient's language as BCP 47 tag; null where none is known. */
  readonly locale: string | null
  /** What the link opens; null where there is none. */
  readonly url: string | null
  /** Milliseconds for which the link works. */
  readonly lifetimeMs: number | null
  /** The recipient. */
  readonly email: string
}

/** Renders what is no HTML. */
export const renderText = (template: string, view: object) =>
  mustache.render(template, view, undefined, { escape: String })

/** All that a template may print of a letter: the texts of its language, with their placeholders filled. */
export function createEmailView(input: RenderInput, { tag, texts }: Language, product: string) {
  const { kind, url } = input
  const isNotice = kind.path === null
  if (isNotice !== (url === null)) {
    throw new Error(
      `a letter of the kind ${kind.name} ${isNotice ? 'has no link' : 'needs a link'}`,
    )
  }
  const values = placeholderValues(input, tag, product)
  const fill = (text: string) => renderText(text, values)
  const emailText = texts.messages[kind.name]
  if (!emailText) throw new Error(`nothing is said in a letter of the kind ${kind.name}`)
  return {
    ...values,
    language: tag,
    direction: texts.direction,
    // A line break in it would begin another header: Bcc, for instance.
    subject: toSingleLine(fill(emailText.subject)),
    paragraphs: emailText.paragraphs.map(fill),
    url,
    action: fill(emailText.action ?? ''),
    linkHint: fill(texts.linkHint),
    closing: (emailText.closing ?? []).map(fill),
    footer: fill(texts.footer),
  }
}

/** The values that this kind of message has: all of them, and no others. */
function placeholderValues(
  input: RenderInput,
  language: string,
  product: string,
): Record<string, string> {
  const { kind, lifetimeMs, email } = input
  const allValues: Record<string, string | undefined> = {
    email,
    product,
    lifetime: lifetimeMs === null ? undefined : formatDuration(lifetimeMs, language),
  }
  return Object.fromEntries(
    placeholdersOf(kind).map((name) => {
      const value = allValues[name]
      if (value === undefined) throw new Error(`a letter of the kind ${kind.name} needs ${name}`)
      return [name, toSingleLine(value)]
    }),
  )
}

const toSingleLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()

const durationUnits = [
  ['day', 24 * 60],
  ['hour', 60],
] as const

/** In days (two or more) or hours when these are whole, otherwise in minutes. */
function formatDuration(durationMs: number, language: string): string {
  const minutes = durationMs / 60_000
  const isWhole = ([unit, length]: (typeof durationUnits)[number]) =>
    minutes % length === 0 && (unit === 'hour' || minutes >= 2 * length)
  const [unit, length] = durationUnits.find(isWhole) ?? ['minute', 1]
  // English for a language that Node.js has no data of: left to itself it takes the machine's own.
  const locales = [language, 'en']
  const format = new Intl.NumberFormat(locales, { style: 'unit', unit, unitDisplay: 'long' })
  return format.format(minutes / length)
}
