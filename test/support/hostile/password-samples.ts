import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dictionary } from '@zxcvbn-ts/language-common'

/** The first passwords of this length in a list of test/support/hostile/common-passwords, in its order. */
export const readPasswordList = (list: 'openwall' | 'seclists', minLength: number) =>
  readFileSync(new URL(`./common-passwords/${list}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .filter((password) => Array.from(password).length >= minLength)
    .slice(0, 10_000)

/** Random-looking numbers that are the same in each run. Otherwise a digest that matches by chance could fail a run. */
const seededNumbers = (seed: string) =>
  new Uint16Array(hash('sha256', seed, 'buffer').buffer.slice(0, 32))

const words = dictionary['diceware-common']
const separators = [' ', '-', '', '.']

/** Passphrases of four to six random words. */
export const passphrases = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const [length = 0, separator = 0, ...picks] = seededNumbers(`passphrase ${i}`)
    return picks
      .slice(0, 4 + (length % 3))
      .map((pick) => words[pick % words.length])
      .join(separators[separator % separators.length])
  })

const alphabets = [
  'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!"#$%&()*+,-./:;<=>?@[]^_{|}~',
  'abcdefghijkmnopqrstuvwxyz23456789',
]

/** Passwords of 12 to 15 random characters, as password managers make them. */
export const generatedPasswords = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const [length = 0, which = 0, ...picks] = seededNumbers(`password ${i}`)
    const alphabet = alphabets[which % alphabets.length] ?? ''
    return picks
      .slice(0, 12 + (length % 3))
      .map((pick) => alphabet[pick % alphabet.length])
      .join('')
  })

/** Strong passwords that people invent. */
export const thoughtfulPasswords = [
  'grandma bakes on sundays',
  'The lighthouse keeper owes me 5 pounds',
  'vier Zebras tanzen Tango',
  'mi abuela colecciona relojes',
  'le chat dort sur le piano',
  'purple-otter-sings-42',
  'Kettle!Violin?Moss',
  'ich mag keinen Rosenkohl',
  'tW1st3d-Pr3tzel-Factory',
  'rainy thursday in Ghent',
  'seven owls, one teapot',
  'Gurkensalat mit Dill 1987',
  'mY b1ke has no bell',
  'oslo->bergen by train',
  'quiet harbour before dawn',
  'Maple7 Copper2 Fjord9',
  'the soup was too salty',
  'кот спит на диване',
  'τρεις πράσινες γάτες',
  '猫は窓の外を見ている',
  'كتاب على الطاولة الخشبية',
  'nobody expects my password',
  'hedgehogs don’t moonwalk',
  'Zwölf Boxkämpfer jagen Viktor',
  'left shoe / right banana',
  'gravel-lantern-94-ivy',
  'DustyAccordionParade',
  'we moved to Porto in spring',
  'ninety-nine blue balloons?',
  'my 2nd desk drawer squeaks',
]
