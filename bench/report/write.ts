import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { format } from 'prettier'
import { root } from '../support/paths.js'

const file = join(root, 'docs/performance.md')
const reportPattern = /(<!-- bench:begin -->)[^]*(<!-- bench:end -->)/

/** Writes the report between the two marks of docs/performance.md. */
export async function writeReport(text: string) {
  const document = readFileSync(file, 'utf8')
  if (!reportPattern.test(document))
    throw new Error(`${file} has no marks for the report. Restore them from the last commit.`)
  const written = document.replace(
    reportPattern,
    (_, begin: string, end: string) => `${begin}\n\n${text}\n\n${end}`,
  )
  writeFileSync(file, await format(written, { parser: 'markdown', printWidth: 100 }))
}

/** Describes the machine and the date of the measurement. */
export function describeMachine(postgresVersion: string, date: Date) {
  const cores = cpus()
  const model = cores[0]?.model.trim() ?? ''
  const day = date.toISOString().slice(0, 10)
  const processor = model && model !== 'unknown' ? ` (${model})` : ''
  return `${day}: ${cores.length} cores${processor}, ${process.platform}, Node ${process.versions.node}, PostgreSQL ${postgresVersion} on the same machine.`
}
