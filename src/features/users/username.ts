import { stripEdges } from '../../platform/text.js'

// UTF-16 units. Normalizing takes time by the square of the combining marks in a row.
const worthNormalizing = 400

const longest = 50

const joiners = /[\u200c\u200d]/g

/**
 * Letters and digits of all scripts, with dots, dashes and underscores between them. Up to four marks combine with a letter
 * (UTS 39 §5.4); Tibetan and Hebrew use three. The joiners of Indic and Arabic scripts stand between letters.
 */
const letter = String.raw`(?:[\p{L}\p{N}]\p{M}{0,4})`
const joined = String.raw`(?:(?<=[\p{M}\p{Script=Arabic}])[\u200c\u200d](?=\p{L}))`
const form = new RegExp(`^${letter}(?:${letter}|${joined}|[._-])*${letter}$`, 'u')

/**
 * What cannot be told from a name without it: letters and marks that nobody sees (Hangul fillers, variation selectors),
 * a second dot on an `i`, the same mark twice (UTS 39 §5.4).
 */
const unseen = /\p{Default_Ignorable_Code_Point}|\p{Soft_Dotted}\p{M}*\u0307|(\p{Mn})\1/u

/** The most common way to write it: composed, without anything invisible around it. */
const compose = (text: string) => stripEdges(text).normalize('NFC')

/** Thai and Lao vowels that people type as one character, and NFKC takes apart. */
const recompose = (text: string) =>
  text.replaceAll('\u0e4d\u0e32', '\u0e33').replaceAll('\u0ecd\u0eb2', '\u0eb3')

/** The user name that is stored, or what is wrong with it. */
export function parseUsername(
  typed: string,
): { ok: true; username: string } | { ok: false; problem: string } {
  const shape = { ok: false, problem: shapeProblem } as const
  if (typed.length > worthNormalizing) return shape
  const username = recompose(compose(typed))
  const length = Array.from(username).length
  if (length < 3 || length > longest || !form.test(username)) return shape
  const isPlain = username === recompose(username.normalize('NFKC'))
  return isPlain && !unseen.test(username.replace(joiners, '').normalize('NFD'))
    ? { ok: true, username }
    : { ok: false, problem: lookAlikeProblem }
}

const shapeProblem =
  'A user name has 3 to 50 letters and digits, with dots, dashes and underscores between them.'
const lookAlikeProblem = 'This user name has look-alike characters.'

/** User names with the same key are one: letters in any case, with joiners or without. */
export const usernameKey = (username: string) => username.replace(joiners, '').toLowerCase()
