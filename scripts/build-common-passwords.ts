// Writes src/features/passwords/common-passwords.bin from lists of leaked passwords, one password per line.
// Usage: tsx scripts/build-common-passwords.ts LIST...
// common-passwords.sources.txt names the lists of the committed file, and their licenses.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dictionary } from '@zxcvbn-ts/language-common'
import { digestOf } from '../src/features/passwords/common-passwords.js'

// Code points. Shorter passwords are always TOO_SHORT; the small dictionary below still contains the worst of them.
const minLength = 8
const target = join(import.meta.dirname, '../src/features/passwords/common-passwords.bin')

const listed = process.argv
  .slice(2)
  .flatMap((file) => readFileSync(file, 'utf8').split(/\r?\n/))
  .filter((password) => Array.from(password).length >= minLength)
const digests = [...listed, ...dictionary['passwords-common']].map((password) =>
  digestOf(password).toString('hex'),
)
const sorted = [...new Set(digests)].sort()
writeFileSync(target, Buffer.from(sorted.join(''), 'hex'))
console.log(`${sorted.length} passwords`)
