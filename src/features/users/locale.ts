import { trimInvisible } from '../../platform/text.js'

// Taking a tag apart that is longer than any is work for nothing.
const maxInputLength = 100
// The longest that RFC 5646 §4.4.1 has a program expect.
const maxTagLength = 35

// POSIX: the locale of programs, not of people.
const posixLocale = /^(?:c|posix)$/i

/**
 * The language tag (BCP 47) that a hint comes to; null when it says nothing. Takes what programs have at hand: `en_US`
 * (UTS 35), and `de_DE.UTF-8` or `de_DE@euro` (POSIX). Never throws: a hint is no reason to refuse an account.
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
