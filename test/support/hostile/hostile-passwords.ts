import { dictionary } from '@zxcvbn-ts/language-common'

const commonWords = dictionary['passwords-common']
const shortWords = commonWords.filter((word) => word.length < 5)
const l33t: Readonly<Record<string, string>> = {
  ...{ a: '@', e: '3', i: '1', o: '0', s: '$', t: '7', l: '|' },
}

const repeated = (text: string) => (length: number) => text.repeat(length).slice(0, length)
const joined = (part: (i: number) => string) => (length: number) =>
  Array.from({ length }, (_, i) => part(i))
    .join('')
    .slice(0, length)

/**
 * Passwords of any length that make a pattern estimator work hardest. They have many overlapping words, l33t readings,
 * dates or nested repetitions.
 */
export const hostilePasswords: Readonly<Record<string, (length: number) => string>> = {
  'one letter': repeated('a'),
  'one digit': repeated('1'),
  'two digits': repeated('10'),
  'two letters': repeated('ab'),
  years: repeated('1999'),
  'dates with separators': repeated('01.01.1999'),
  'short dates': repeated('1/1/11'),
  'long dates': repeated('2/2/1922'),
  'digits in disorder': joined((i) => String((i * 7919) % 97)),
  'l33t of every letter': repeated('4@8({[<3!1|0$5+7%2'),
  'l33t of i and l': repeated('l1|!i'),
  'l33t of several characters': repeated('\\/\\/|-|ph()'),
  'l33t of one word': repeated('p@$$w0rd'),
  'l33t of s': repeated('$$$$5555ssss'),
  'l33t of common words': joined((i) =>
    (commonWords[i] ?? '').replace(/[aeiostl]/g, (letter) => l33t[letter] ?? letter),
  ),
  'common words': joined((i) => commonWords[i] ?? ''),
  'other common words': joined((i) => commonWords[i * 37] ?? ''),
  'short common words': joined((i) => shortWords[(i * 31) % shortWords.length] ?? ''),
  'rows of keys': repeated('qwertyuiopasdfghjklzxcvbnm'),
  'keys back and forth': repeated('qaqwsw'),
  'the alphabet': joined((i) => String.fromCharCode(97 + (i % 26))),
  'repetitions within repetitions': joined((i) => `${'a'.repeat(i % 9)}b`),
  'no repetition of more than two': joined((i) => 'ab'[countOneBits(i) % 2] ?? ''),
  'almost a repetition': joined((i) => `abcdefg${i % 10}`),
  separators: repeated('a b-c_d.e,'),
  'signs in disorder': joined((i) => String.fromCharCode(33 + ((i * i * 31 + i * 17) % 94))),
  emoji: repeated('💩🐘'),
  'combining marks': repeated('e\u0301\u0323'),
}

const countOneBits = (n: number) => n.toString(2).replaceAll('0', '').length
