// Operators search the documents for the message that they see, so the quoted messages are those of the sources.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const textOf = (path: string) => readFileSync(root + path, 'utf8')

/** Stands for a value: a hole of a template literal, or `<name>` in a document. */
const hole = '§'

/** Messages that other programs print. */
const foreignMessages = [
  ...['connect ECONNREFUSED', 'getaddrinfo ENOTFOUND', 'timeout expired'],
  ...[
    'password authentication failed for user',
    `database "${hole}" does not exist`,
    'permission denied',
  ],
  ...['unsupported startup parameter: options', 'canceling statement due to lock timeout'],
  ...["EACCES: permission denied, mkdir '", `connect EACCES ${hole}/control/sock`],
  ...['Unclosed tag', 'Unclosed section', 'Unopened section', 'Unrecognized key:'],
  ...['Cannot find module', '/dist/main.js'],
]

/** Code spans with a space that are no messages: commands, settings and code. */
const isNoMessage = (span: string) =>
  !span.includes(' ') ||
  /^(npm|npx|latchkey|openssl|node|keys|users|mail|DELETE) /.test(span) ||
  /^("|--|latchkey_|refreshTokenTransport|credentials|hashAlgorithm)/.test(span)

const spansIn = (document: string) =>
  [...document.replace(/^```[^]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)]
    .map(([, span = '']) => span)
    .filter((span) => !isNoMessage(span))

/** Lines of the blocks that show what the server prints; indented ones belong to the line before. */
const outputIn = (document: string) =>
  [...document.matchAll(/^```text\n([^]*?)^```$/gm)]
    .flatMap(([, block = '']) => block.split('\n'))
    .filter((line) => /^\S/.test(line) && !/^\w*Error: /.test(line))

/** The parts of a message between the places that the document leaves out with `…`. */
const partsOf = (message: string) =>
  message
    .replace(/<[\w ]+>/g, hole)
    .split('…')
    .map((part) => part.trim())
    .filter((part) => /[a-z]{2}/i.test(part) && !foreignMessages.includes(part))

/** Whether a literal contains the part, or becomes it with values or other literals in its holes. */
function isPrinted(part: string): boolean {
  return literals.some(
    ({ text, pattern }) =>
      text.includes(part) ||
      pattern
        .exec(part)
        ?.slice(1)
        .every((value) => !/\s/.test(value) || isPrinted(value)),
  )
}

/** The string literals of `src` with a space. Literals joined by `+` count as one. */
function readLiterals() {
  const paths = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  const texts = paths
    .filter((path) => path.endsWith('.ts') && !path.startsWith('generated'))
    .flatMap((path) => {
      const found: string[] = []
      const visit = (node: ts.Node) => {
        if (isText(node)) found.push(joinText(node).replaceAll('`', ''))
        ts.forEachChild(node, visit)
      }
      visit(ts.createSourceFile(path, textOf(`src/${path}`), ts.ScriptTarget.Latest))
      return found
    })
  return [...new Set(texts)]
    .filter((text) => /[a-z]{2}/i.test(text) && text.includes(' '))
    .map((text) => {
      const fixed = text.split(hole).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      return { text, pattern: new RegExp(`^${fixed.join('(.*?)')}$`) }
    })
}

const isSum = (node: ts.Node): node is ts.BinaryExpression =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken

const isText = (node: ts.Node) =>
  ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || isSum(node)

function joinText(node: ts.Node): string {
  if (ts.isStringLiteralLike(node)) return node.text
  if (isSum(node)) return joinText(node.left) + joinText(node.right)
  if (!ts.isTemplateExpression(node)) return hole
  return node.head.text + node.templateSpans.map(({ literal }) => hole + literal.text).join('')
}

const literals = readLiterals()

it.each([
  { path: 'docs/troubleshooting.md', messagesIn: spansIn, minMessages: 100 },
  { path: 'docs/operations.md', messagesIn: spansIn, minMessages: 12 },
  { path: 'docs/getting-started.md', messagesIn: outputIn, minMessages: 3 },
])('$path quotes messages that the sources print', ({ path, messagesIn, minMessages }) => {
  const messages = messagesIn(textOf(path))
  expect(messages.length).toBeGreaterThan(minMessages)
  // The name of a setting comes before its message, which is a literal without the name.
  const isQuoted = (part: string) =>
    isPrinted(part) || isPrinted(part.replace(new RegExp(`^([A-Z_]+|${hole}) `), ''))
  expect(messages.filter((message) => !partsOf(message).every(isQuoted))).toEqual([])
})
