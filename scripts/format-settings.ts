import { readFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { groups } from '../src/compose/config/settings.js'
import type { Setting } from '../src/compose/config/settings/setting.js'

const generatedNotice =
  'Written by `npm run generate` from src/compose/config/settings/. Do not edit.'

interface Table {
  readonly title: string
  readonly settings: readonly [string, Setting][]
}

const tables: readonly Table[] = groups.map(({ title, settings }) => ({
  title,
  settings: Object.entries<Setting>(settings),
}))

/** The content of docs/configuration.md. */
export async function formatConfigurationDocs() {
  const path = new URL('configuration-introduction.md', import.meta.url)
  const text = [
    `<!-- ${generatedNotice} -->`,
    readFileSync(path, 'utf8'),
    ...tables.map(formatTable),
  ].join('\n\n')
  const options = await resolveConfig(path)
  return format(text, { ...options, parser: 'markdown' })
}

const formatTable = ({ title, settings }: Table) =>
  [
    `## ${title}\n`,
    '| name | default | value | description |',
    '| - | - | - | - |',
    ...settings.map(([name, setting]) => formatRow([`\`${name}\``, ...formatCells(setting)])),
  ].join('\n')

const formatRow = (texts: readonly string[]) =>
  `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`

const formatCells = (setting: Setting) => [
  setting.default === undefined ? setting.unset : `\`${setting.default}\``,
  describeValue(setting),
  setting.description + (setting.secret ? ' **Secret.**' : ''),
]

function describeValue({ parse }: Setting) {
  if (!parse.description) throw new Error('a type of a setting has no description')
  return parse.description
}

const envIntroduction = `# ${stripBackticks(generatedNotice)}
#
# All settings with their defaults. You can try Latchkey without any. Copy the settings that you change into
# a file named .env: the server and the command line read it from the folder in which you start them. A
# variable of the environment wins. Quote a value that contains a #. See docs/configuration.md.
`

/** The content of .env.example. */
export const formatEnvExample = () => [envIntroduction, ...tables.map(formatEnvTable)].join('\n')

const formatEnvTable = ({ title, settings }: Table) =>
  [`# == ${title} ==\n`, ...settings.map((entry) => formatEnvEntry(...entry))].join('\n')

function formatEnvEntry(name: string, setting: Setting) {
  const defaultText =
    setting.default === undefined ? ` Default: ${stripBackticks(setting.unset)}.` : ''
  const lines = wrapComment(
    `${stripBackticks(setting.description)} Value: ${stripBackticks(describeValue(setting))}.${defaultText}`,
  )
  return `${lines}\n#${name}=${setting.default ?? ''}\n`
}

function stripBackticks(markdown: string) {
  return markdown.replaceAll('`', '')
}

/** Wraps the text into comment lines. */
const wrapComment = (text: string) => text.replace(/(.{1,100})(?: |$)/g, '# $1\n').trimEnd()
