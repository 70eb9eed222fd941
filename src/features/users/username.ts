import { trimInvisible } from '../../platform/text.js'

// UTF-16 units. Normalizing takes time by the square of the combining marks in a row.
const maxNormalizedLength = 400

const maxLength = 50

const joiners = /[\u200c\u200d]/g

/**
 * Letters and digits of all scripts, with dots, dashes and underscores between them. Up to four marks combine with a letter
 * (UTS 39 §5.4); Tibetan and Hebrew use three. The joiners of Indic and Arabic scripts stand between letters.
 */
const letter = String.raw`(?:[\p{L}\p{N}]\p{M}{0,4})`
const joinerBetweenLetters = String.raw`(?:(?<=[\p{M}\p{Script=Arabic}])[\u200c\u200d](?=\p{L}))`
const usernamePattern = new RegExp(
  `^${letter}(?:${letter}|${joinerBetweenLetters}|[._-])*${letter}$`,
  'u',
)

/**
 * What cannot be told from a name without it: letters and marks that nobody sees (Hangul fillers, variation selectors),
 * a second dot on an `i`, the same mark twice (UTS 39 §5.4).
 */
const invisiblePattern = /\p{Default_Ignorable_Code_Point}|\p{Soft_Dotted}\p{M}*\u0307|(\p{Mn})\1/u

/** The most common way to write it: composed, without anything invisible around it. */
const toComposedForm = (text: string) => trimInvisible(text).normalize('NFC')

/** Thai and Lao vowels that people type as one character, and NFKC takes apart. */
const recomposeVowels = (text: string) =>
  text.replaceAll('\u0e4d\u0e32', '\u0e33').replaceAll('\u0ecd\u0eb2', '\u0eb3')

/** The user name that is stored, or what is wrong with it. */
export function parseUsername(
  typed: string,
): { ok: true; username: string } | { ok: false; problem: string } {
  const shapeError = { ok: false, problem: shapeProblem } as const
  if (typed.length > maxNormalizedLength) return shapeError
  const username = recomposeVowels(toComposedForm(typed))
  const length = Array.from(username).length
  if (length < 3 || length > maxLength || !usernamePattern.test(username)) return shapeError
  const isPlain = username === recomposeVowels(username.normalize('NFKC'))
  return isPlain && !invisiblePattern.test(username.replace(joiners, '').normalize('NFD'))
    ? { ok: true, username }
    : { ok: false, problem: lookAlikeProblem }
}

const shapeProblem =
  'A user name has 3 to 50 letters and digits, with dots, dashes and underscores between them.'
const lookAlikeProblem = 'This user name has look-alike characters.'

/** User names with the same key are one: letters in any case, with joiners or without. */
export const usernameKey = (username: string) => username.replace(joiners, '').toLowerCase()
