export { codeGuessTarget } from './code-guesses.js'
export { createGuessCounter, type CountedGuess, type GuessCounter } from './guess-counter.js'
export { createRecordRefusedGuesses } from './record-refused-guesses.js'
export { feature } from './feature.js'
