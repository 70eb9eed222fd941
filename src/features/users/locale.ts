import { trimInvisible } from '../../platform/text.js'

// No valid hint is longer, so longer text is not parsed.
const maxInputLength = 100
// The length that RFC 5646 §4.4.1 requires programs to support.
const maxTagLength = 35

// POSIX: a locale of programs, not of people.
const posixLocale = /^(?:c|posix)$/i

/**
 * The language tag (BCP 47) of a hint; null if the hint contains none. Also accepts `en_US` (UTS 35), and `de_DE.UTF-8`
 * or `de_DE@euro` (POSIX). Never throws: a bad hint is no reason to refuse an account.
 */
export function canonicalLocale(text: string): string | null {
  if (text.length > maxInputLength) return null
  const [tag = ''] = trimInvisible(text).split(/[.@]/)
  if (posixLocale.test(tag)) return null
  try {
    const [canonical = ''] = Intl.getCanonicalLocales(tag.replaceAll('_', '-'))
    return canonical !== '' && canonical.length <= maxTagLength ? canonical : null
  } catch {
    return null
  }
}
