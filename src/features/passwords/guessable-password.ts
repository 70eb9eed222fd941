import type { ZxcvbnFactory } from '@zxcvbn-ts/core'

/** Below this number of guesses, zxcvbn gives scores 0 and 1: too weak even behind a rate limit. */
const minGuesses = 1_000_000
// Characters. zxcvbn takes quadratic time or worse: 3 ms for the worst 32 characters, 19 ms for the worst 64.
const chunkLength = 32
// How many l33t substitutions zxcvbn tries. The default of 100 takes ten times as long.
const l33tSubstitutions = 8
// The dictionary finds words within passwords. common-passwords.bin lists whole passwords.
const dictionarySize = 10_000
const maxContextWords = 20

let loading: Promise<ZxcvbnFactory> | undefined

/** Loads zxcvbn at the first call, so a server that sets no passwords never loads it. */
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
 * repetitions. Every chunk of 32 characters is estimated separately; one strong chunk is enough. Words of the account
 * and the service count as the first guesses.
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
