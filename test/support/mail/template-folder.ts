import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from '../database/persistent-database.js'

export type TemplateFiles = Record<string, string | Uint8Array | object>

/** A folder with these files until the end of the test. Values that are neither text nor bytes are written as JSON. */
export function createTemplateFolder(files: TemplateFiles): string {
  const folder = join(createTemporaryFolder(), 'templates')
  mkdirSync(folder)
  for (const [name, content] of Object.entries(files)) {
    const isRaw = typeof content === 'string' || content instanceof Uint8Array
    writeFileSync(join(folder, name), isRaw ? content : JSON.stringify(content))
  }
  return folder
}
