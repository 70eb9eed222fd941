import mustache from 'mustache'
import type { Language } from './languages.js'
import { placeholdersOf, type EmailKind } from './email-kind.js'

/** An e-mail to one person before it is rendered. */
export interface RenderInput {
  readonly kind: EmailKind
  /** The recipient's language as BCP 47 tag. Null when it is not known. */
  readonly locale: string | null
  /** The URL of the link. Null without a link. */
  readonly url: string | null
  /** The lifetime of the link in milliseconds. */
  readonly lifetimeMs: number | null
  /** The address of the recipient. */
  readonly email: string
  /** The values of the kind's own placeholders. */
  readonly counts?: Readonly<Record<string, number>> | undefined
}

/** Renders text that is not HTML. */
export const renderText = (template: string, view: object) =>
  mustache.render(template, view, undefined, { escape: String })

/** The values for the template of an e-mail: the texts in its language, with filled placeholders. */
export function createEmailView(input: RenderInput, { tag, texts }: Language, product: string) {
  const { kind, url } = input
  const isNotice = kind.path === null
  if (isNotice !== (url === null)) {
    throw new Error(
      `an e-mail of the kind ${kind.name} ${isNotice ? 'has no link' : 'needs a link'}`,
    )
  }
  const values = placeholderValues(input, tag, product)
  const fill = (text: string) => renderText(text, values)
  const emailText = texts.messages[kind.name]
  if (!emailText) throw new Error(`the texts of the kind ${kind.name} are missing`)
  return {
    ...values,
    language: tag,
    direction: texts.direction,
    // A line break would start another header, for example Bcc (header injection).
    subject: toSingleLine(fill(emailText.subject)),
    paragraphs: emailText.paragraphs.map(fill),
    url,
    action: fill(emailText.action ?? ''),
    linkHint: fill(texts.linkHint),
    closing: (emailText.closing ?? []).map(fill),
    footer: fill(texts.footer),
  }
}

/** Exactly the values of this kind of e-mail. */
function placeholderValues(
  input: RenderInput,
  language: string,
  product: string,
): Record<string, string> {
  const { kind, lifetimeMs, email, counts = {} } = input
  const format = new Intl.NumberFormat([language, 'en'])
  const ownValues = Object.entries(counts).map(
    ([name, count]) => [name, format.format(count)] as const,
  )
  const allValues: Record<string, string | undefined> = {
    ...Object.fromEntries<string>(ownValues),
    email,
    product,
    lifetime: lifetimeMs === null ? undefined : formatDuration(lifetimeMs, language),
  }
  return Object.fromEntries(
    placeholdersOf(kind).map((name) => {
      const value = allValues[name]
      if (value === undefined) throw new Error(`an e-mail of the kind ${kind.name} needs ${name}`)
      return [name, toSingleLine(value)]
    }),
  )
}

const toSingleLine = (text: string) => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()

const durationUnits = [
  ['day', 24 * 60],
  ['hour', 60],
] as const

/** In days (two or more) or hours if the number is whole, otherwise in minutes. */
function formatDuration(durationMs: number, language: string): string {
  const minutes = durationMs / 60_000
  const isWhole = ([unit, length]: (typeof durationUnits)[number]) =>
    minutes % length === 0 && (unit === 'hour' || minutes >= 2 * length)
  const [unit, length] = durationUnits.find(isWhole) ?? ['minute', 1]
  // English for languages without data in Node.js: the default would be the language of the machine.
  const locales = [language, 'en']
  const format = new Intl.NumberFormat(locales, { style: 'unit', unit, unitDisplay: 'long' })
  return format.format(minutes / length)
}
