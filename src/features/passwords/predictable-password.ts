// The rest of the password without the words needs at least so many letters, or so many characters.
const minExtraLetters = 4
const minExtraCharacters = 8
// Shorter words occur in other words by chance.
const minWordLength = 3

/**
 * Whether the password is little more than these words: an address, a name, the product (NIST SP 800-63B-4 §3.1.1.2,
 * "context-specific words and derivatives"; ASVS 6.2.11). A name within a longer phrase is allowed.
 */
export function isMadeOfWords(password: string, words: readonly string[]): boolean {
  const text = fold(password)
  const parts = words.map(fold).flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}]+/u)])
  const variants = [...parts, ...parts.map(reverse)]
    .filter((word) => Array.from(word).length >= minWordLength)
    .sort((a, b) => b.length - a.length)
  const remainder = variants.reduce((left, word) => left.replaceAll(word, ''), text)
  const letters = remainder.match(/\p{L}/gu)?.length ?? 0
  return (
    remainder !== text &&
    letters < minExtraLetters &&
    Array.from(remainder).length < minExtraCharacters
  )
}

/** `abcabcab` becomes `abc`. Text without a repetition stays as it is. */
export function repeatedUnit(text: string): string {
  const characters = Array.from(text)
  // The border table of Knuth, Morris and Pratt: finds the period in linear time.
  const borders = [0]
  for (let i = 1, length = 0; i < characters.length; i += 1) {
    while (length > 0 && characters[i] !== characters[length]) length = borders[length - 1] ?? 0
    if (characters[i] === characters[length]) length += 1
    borders.push(length)
  }
  const period = characters.length - (borders.at(-1) ?? 0)
  return period <= characters.length / 2 ? characters.slice(0, period).join('') : text
}

/** Whether the code points ascend or descend by one: `abcdefgh`, `87654321`. */
export function isSequence(text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  const steps = new Set(codes.slice(1).map((code, i) => code - (codes[i] ?? 0)))
  const [step = 0] = steps
  return steps.size === 1 && Math.abs(step) === 1
}

const fold = (text: string) => text.normalize('NFKC').toLowerCase()
const reverse = (text: string) => Array.from(text).reverse().join('')
