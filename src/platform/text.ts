// The last two ranges are invisible, too: what stands for a pasted object (U+FFFC), and the empty Braille cell.
const invisible = String.raw`[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\ufff9-\ufffc\u2800]`
const edgePattern = new RegExp(`^${invisible}+|${invisible}+$`, 'gu')

// UTF-16 units. Looking for the end takes time by the square of a run of spaces; no identifier is nearly that long.
const maxLength = 1_000

/**
 * An identifier without what nobody sees at its edges: spaces, line breaks, control and zero-width characters, byte order
 * marks. They come along when people paste, and autofill adds them.
 */
export const trimInvisible = (text: string) =>
  text.length > maxLength ? text : text.replace(edgePattern, '')
