const maxLength = 100
// UTF-16 units: normalizing takes time by the square of the combining marks in a row.
const maxNormalizedLength = 400

/** A name for a list: what cannot be shown is dropped, and no sign-in fails for it. */
export function cleanDeviceName(name: string | null | undefined): string | null {
  const printable =
    name
      ?.slice(0, maxNormalizedLength)
      .normalize('NFC')
      .replace(/(?!\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '') // Cs: half of a pair
      .trim() ?? ''
  return Array.from(printable).slice(0, maxLength).join('') || null
}
