import { trimInvisible } from '../../platform/text.js'

// UTF-16 units. Normalizing takes quadratic time in consecutive combining marks.
const maxNormalizedLength = 400

const maxLength = 50

const joiners = /[\u200c\u200d]/g

/**
 * Letters and digits of all scripts, with dots, dashes and underscores between them. Up to four marks combine with a
 * letter (UTS 39 §5.4); Tibetan and Hebrew use three. Joiners of Indic and Arabic scripts are allowed between letters.
 */
const letter = String.raw`(?:[\p{L}\p{N}]\p{M}{0,4})`
const joinerBetweenLetters = String.raw`(?:(?<=[\p{M}\p{Script=Arabic}])[\u200c\u200d](?=\p{L}))`
const usernamePattern = new RegExp(
  `^${letter}(?:${letter}|${joinerBetweenLetters}|[._-])*${letter}$`,
  'u',
)

/**
 * Characters that make no visible difference: invisible letters and marks (Hangul fillers, variation selectors), a
 * second dot on an `i`, the same mark twice (UTS 39 §5.4).
 */
const invisiblePattern = /\p{Default_Ignorable_Code_Point}|\p{Soft_Dotted}\p{M}*\u0307|(\p{Mn})\1/u

/** The most common spelling: NFC, without invisible characters at the edges. */
const toComposedForm = (text: string) => trimInvisible(text).normalize('NFC')

/** Recomposes Thai and Lao vowels: people type them as one character, and NFKC splits them. */
const recomposeVowels = (text: string) =>
  text.replaceAll('\u0e4d\u0e32', '\u0e33').replaceAll('\u0ecd\u0eb2', '\u0eb3')

/** The user name to store, or the problem with it. */
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

/** User names with the same key are equal: the key ignores case and joiners. */
export const usernameKey = (username: string) => username.replace(joiners, '').toLowerCase()
