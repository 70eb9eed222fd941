/** The first one is for whoever wants none of them. */
const languages = ['en', 'de', 'es'] as const
export type Language = (typeof languages)[number]

interface Range {
  /** `de-at`, or `*`. */
  readonly tag: string
  /** `de`, or `*`. */
  readonly primary: string
  readonly quality: number
}

// RFC 9110 §12.5.4 and §12.4.2
const rangeForm =
  /^\s*(\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/

/**
 * The language that a browser would rather have, by lookup (RFC 4647 §3.4): `de-AT` finds `de`. A `*` stands for
 * those that are not named otherwise, and quality 0 refuses one.
 */
export function acceptedLanguage(header = ''): Language {
  const ranges = header.toLowerCase().split(',').flatMap(readRange)
  const refused = new Set(ranges.filter(({ quality }) => quality === 0).map(({ tag }) => tag))
  const wanted = ranges
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
  const named = new Set(wanted.map(({ primary }) => primary))

  for (const { primary } of wanted) {
    const fits = (one: Language) => (primary === '*' ? !named.has(one) : primary === one)
    const found = languages.find((one) => fits(one) && !refused.has(one))
    if (found) return found
  }
  return languages[0]
}

function readRange(text: string): Range[] {
  const [, tag, quality = '1'] = rangeForm.exec(text) ?? []
  if (tag === undefined) return []
  const [primary = tag] = tag.split('-')
  return [{ tag, primary, quality: Number(quality) }]
}
