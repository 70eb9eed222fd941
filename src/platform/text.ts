// The last two ranges are invisible too: the object replacement character (U+FFFC) and the empty Braille cell.
const invisible = String.raw`[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\ufff9-\ufffc\u2800]`
const edgePattern = new RegExp(`^${invisible}+|${invisible}+$`, 'gu')

// UTF-16 units. The search for the end is quadratic in a run of spaces; no identifier is nearly that long.
const maxLength = 1_000

/**
 * Removes invisible characters at both ends of an identifier: spaces, line breaks, control and zero-width characters,
 * byte order marks. Pasting and autofill add them.
 */
export const trimInvisible = (text: string) =>
  text.length > maxLength ? text : text.replace(edgePattern, '')

/** A code without the spaces and dashes that people type between its groups. Full-width characters become usual ones. */
export const removeSeparators = (code: string) =>
  code.normalize('NFKC').replace(/[\s\u2010-\u2015\u2212-]/gu, '')
