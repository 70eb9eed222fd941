const maxLength = 100
// In UTF-16 code units. The time of normalization is quadratic in the number of consecutive combining marks.
const maxNormalizedLength = 400

/** Cleans a name for display: drops unprintable characters. An invalid name never refuses a sign-in. */
export function cleanDeviceName(name: string | null | undefined): string | null {
  const printable =
    name
      ?.slice(0, maxNormalizedLength)
      .normalize('NFC')
      .replace(/(?!\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '') // Cs: a lone surrogate
      .trim() ?? ''
  return Array.from(printable).slice(0, maxLength).join('') || null
}
