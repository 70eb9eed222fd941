export { createGuessCount, type CountedGuess, type GuessCount } from './guess-count.js'
export { createRecordRefusedGuesses } from './record-refused-guesses.js'
export { feature } from './feature.js'
