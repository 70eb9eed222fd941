import { readFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { groups } from '../src/compose/config/settings.js'
import type { Setting } from '../src/compose/config/settings/setting.js'

const hint = 'Written by `npm run generate` from src/compose/config/settings/. Do not edit.'

interface Table {
  readonly title: string
  readonly settings: readonly [string, Setting][]
}

const tables: readonly Table[] = groups.map(({ title, settings }) => ({
  title,
  settings: Object.entries<Setting>(settings),
}))

/** What docs/configuration.md holds. */
export async function configurationText() {
  const path = new URL('configuration-introduction.md', import.meta.url)
  const text = [`<!-- ${hint} -->`, readFileSync(path, 'utf8'), ...tables.map(tableText)].join(
    '\n\n',
  )
  const options = await resolveConfig(path)
  return format(text, { ...options, parser: 'markdown' })
}

const tableText = ({ title, settings }: Table) =>
  [
    `## ${title}\n`,
    '| name | default | value | what |',
    '| - | - | - | - |',
    ...settings.map(([name, setting]) => row([`\`${name}\``, ...cells(setting)])),
  ].join('\n')

const row = (texts: readonly string[]) =>
  `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`

const cells = (setting: Setting) => [
  setting.default === undefined ? setting.unset : `\`${setting.default}\``,
  valueOf(setting),
  setting.description + (setting.secret ? ' **Secret.**' : ''),
]

function valueOf({ parse }: Setting) {
  if (!parse.description) throw new Error('a type of a setting has no description')
  return parse.description
}

const envIntroduction = `# ${plain(hint)}
#
# Every setting with its default; nothing has to be set to try Latchkey. Copy what you change into a file
# named .env: the server and the command line read it in the folder where they are started. A variable of
# the environment wins. Put quotes around a value that has a # in it. See docs/configuration.md.
`

/** What .env.example holds. */
export const envExampleText = () => [envIntroduction, ...tables.map(envTable)].join('\n')

const envTable = ({ title, settings }: Table) =>
  [`# == ${title} ==\n`, ...settings.map((entry) => envEntry(...entry))].join('\n')

function envEntry(name: string, setting: Setting) {
  const otherwise = setting.default === undefined ? ` Default: ${plain(setting.unset)}.` : ''
  const lines = wrap(`${plain(setting.description)} Value: ${plain(valueOf(setting))}.${otherwise}`)
  return `${lines}\n#${name}=${setting.default ?? ''}\n`
}

function plain(markdown: string) {
  return markdown.replaceAll('`', '')
}

/** As comments. */
const wrap = (text: string) => text.replace(/(.{1,100})(?: |$)/g, '# $1\n').trimEnd()
