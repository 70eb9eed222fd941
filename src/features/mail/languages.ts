import { de } from './texts/de.js'
import { en } from './texts/en.js'
import { es } from './texts/es.js'
import type { BuiltInLanguage, EmailKind } from './email-kind.js'
import { mergeTexts, type Texts, type TextsFile, type CommonTexts } from './texts/texts.js'

/** A language of e-mails. */
export interface Language {
  /** A BCP 47 language tag. */
  readonly tag: string
  readonly texts: Texts
}

const builtInTexts: Readonly<Record<BuiltInLanguage, CommonTexts>> = { en, de, es }

/**
 * Finds the language for a user's locale. The fallback is English. Texts of an operator override the next wider
 * language: fr-CA overrides fr, and fr, which is not built in, overrides English.
 */
export function createLanguageLookup(
  kinds: readonly EmailKind[],
  overrides: ReadonlyMap<string, TextsFile>,
) {
  const textsIn = (tag: BuiltInLanguage): Texts => ({
    ...builtInTexts[tag],
    messages: Object.fromEntries(kinds.map(({ name, texts }) => [name, texts[tag]])),
  })
  const english: Language = {
    tag: 'en',
    texts: mergeTexts(textsIn('en'), overrides.get('en') ?? {}),
  }
  const languages = new Map<string, Language>([
    ['en', english],
    ['de', { tag: 'de', texts: textsIn('de') }],
    ['es', { tag: 'es', texts: textsIn('es') }],
  ])
  const languageFor = (locale: string | null): Language =>
    findByLanguageRange(locale ?? '', languages) ?? english

  const sortedOverrides = [...overrides].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [tag, override] of sortedOverrides) {
    const texts = mergeTexts(languageFor(tag).texts, override)
    languages.set(tag.toLowerCase(), { tag, texts })
  }
  return languageFor
}

/** Removes subtags from the end of the language range until a language matches (RFC 4647 §3.4). */
function findByLanguageRange<T>(range: string, known: ReadonlyMap<string, T>): T | undefined {
  const subtags = range.toLowerCase().split('-')
  for (let length = subtags.length; length > 0; length -= 1) {
    const found = known.get(subtags.slice(0, length).join('-'))
    if (found !== undefined) return found
  }
  return undefined
}
