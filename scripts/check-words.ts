// npm run check:words   exits 1 when a tracked text has a word that readers stumble over, and says what to write instead.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'

/** Words and phrases, each with what to write instead. */
const rejectedWords: readonly (readonly [RegExp, string])[] = [
  [/\bwho(so)?ever\b|\bwhom(so)?ever\b/i, 'name the subject: "the client", "a user"'],
  [/\bwhat(so)?ever\b|\bwhichever\b|\bwherever\b/i, 'name the thing: "any value", "every place"'],
  [/\bthose (that|who|which)\b/i, 'name the subject: "requests that …"'],
  [/\bnobody’s\b|\bnobody's\b|\bsomebody’s\b|\bsomebody's\b/i, 'name the owner'],
  [
    /\b(sign|let|suspend|ask|want|need)s? nobody\b|\bnobody (was|is|has|had|can|may|knows|did|[a-z]+ed)\b/i,
    'say what does not happen: "starts no session"',
  ],
  [/\banew\b/i, '"again"'],
  [/\bmend(s|ed|ing)?\b/i, '"fix"'],
  [/\bbur(y|ies|ied)\b/i, '"collect", "remove"'],
  [/\bdear\b/i, '"expensive"'],
  [/\bin the house\b|\bleave(s)? the house\b/i, 'say which process or machine'],
]

const textFiles = new Set([
  '.ts',
  '.tsx',
  '.mjs',
  '.js',
  '.md',
  '.graphql',
  '.prisma',
  '.html',
  '.yml',
])
// Lists of passwords, and translations: "dear" and others are words of other languages too.
const excluded =
  /^test\/support\/hostile\/common-passwords\/|package-lock\.json$|^scripts\/check-words\.ts$/

const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n')
const findings = files
  .filter((file) => textFiles.has(extname(file)) && !excluded.test(file))
  .flatMap(findRejectedWords)

function findRejectedWords(file: string) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) =>
      rejectedWords.flatMap(([pattern, replacement]) => {
        const [word] = pattern.exec(line) ?? []
        return word === undefined
          ? []
          : [`${file}:${index + 1}: instead of "${word}" write ${replacement}.`]
      }),
    )
}

for (const finding of findings) console.error(finding)
if (findings.length > 0) process.exitCode = 1
