/** The first language is the fallback. */
const languages = ['en', 'de', 'es'] as const
export type Language = (typeof languages)[number]

interface LanguageRange {
  /** `de-at`, or `*`. */
  readonly tag: string
  /** `de`, or `*`. */
  readonly primary: string
  readonly quality: number
}

// RFC 9110 §12.5.4 and §12.4.2
const rangePattern =
  /^\s*(\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/

/**
 * Selects the language for an Accept-Language header by lookup (RFC 4647 §3.4): `de-AT` matches `de`. A `*` matches
 * all languages that are not listed, and quality 0 excludes a language.
 */
export function negotiateLanguage(header = ''): Language {
  const ranges = header.toLowerCase().split(',').flatMap(parseRange)
  const refusedTags = new Set(ranges.filter(({ quality }) => quality === 0).map(({ tag }) => tag))
  const wanted = ranges
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
  const namedPrimaries = new Set(wanted.map(({ primary }) => primary))

  for (const { primary } of wanted) {
    const matches = (language: Language) =>
      primary === '*' ? !namedPrimaries.has(language) : primary === language
    const found = languages.find((language) => matches(language) && !refusedTags.has(language))
    if (found) return found
  }
  return languages[0]
}

function parseRange(text: string): LanguageRange[] {
  const [, tag, quality = '1'] = rangePattern.exec(text) ?? []
  if (tag === undefined) return []
  const [primary = tag] = tag.split('-')
  return [{ tag, primary, quality: Number(quality) }]
}
