import type { ZxcvbnFactory } from '@zxcvbn-ts/core'

/** Guesses below which zxcvbn gives its scores 0 and 1: too few even against a rate limit. */
const minGuesses = 1_000_000
// Characters. zxcvbn takes quadratic and worse time: 3 ms for the worst 32 characters, 19 ms for the worst 64.
const chunkLength = 32
// Substitutions of l33t that zxcvbn tries; by default 100, which takes ten times as long.
const l33tSubstitutions = 8
// The dictionary finds words within passwords; whole passwords are in common-passwords.bin.
const dictionarySize = 10_000
const maxContextWords = 20

let loading: Promise<ZxcvbnFactory> | undefined

/** Loaded at the first call: a server on which nobody sets a password does without it. */
async function loadEstimator() {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  return new ZxcvbnFactory({
    dictionary: { passwords: dictionary['passwords-common'].slice(0, dictionarySize) },
    graphs: adjacencyGraphs,
    l33tMaxSubstitutions: l33tSubstitutions,
    maxLength: chunkLength,
  })
}

/**
 * Whether a password follows patterns that guessing programs try first: words, keyboard walks, dates, sequences,
 * repetitions. Every chunk of 32 characters is estimated by itself, and one that is hard to guess is enough.
 * The words of the account and the service count as the first that are tried.
 */
export async function isGuessable(password: string, contextWords: readonly string[]) {
  const estimator = await (loading ??= loadEstimator())
  const words = contextWords.slice(0, maxContextWords)
  return chunksOf(password).every((chunk) => estimator.check(chunk, words).guesses < minGuesses)
}

const chunksOf = (text: string) =>
  Array.from({ length: Math.ceil(text.length / chunkLength) }, (_, i) =>
    text.slice(i * chunkLength, (i + 1) * chunkLength),
  )
