import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { StartupError } from '../../platform/errors.js'
import { settings } from './settings.js'
import type { Environment } from './settings/setting.js'

export interface EnvFile {
  readonly path: string
  /** All variables in the file, settings or not. */
  readonly variables: Environment
  /** Its settings that the environment lacks. */
  readonly applied: Environment
}

/** Reads `.env` in `folder`; null without one. A variable of the environment wins, even an empty one. */
export function readEnvFile(folder: string, environment: Environment): EnvFile | null {
  const path = join(folder, '.env')
  const text = readText(path)
  if (text === null) return null
  const line = findMalformedLine(text)
  if (line !== null) {
    // Without the text of the line: it may contain a secret.
    throw new StartupError(
      `${path}: line ${line} is not NAME=value. Put a # before a comment, and quotes around all of a value or none of it.`,
    )
  }
  const variables = parseEnv(text)
  const isApplied = ([name]: [string, unknown]) =>
    Object.hasOwn(settings, name) && environment[name] === undefined
  return {
    path,
    variables,
    applied: Object.fromEntries(Object.entries(variables).filter(isApplied)),
  }
}

function readText(path: string) {
  try {
    // Drops the byte order mark that some editors write.
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    if (code === 'ENOENT') return null
    const problem =
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is not UTF-8' : `cannot be read (${code})`
    throw new StartupError(`${path} ${problem}. Fix the file or its permissions, or remove it.`)
  }
}

// Lines that parseEnv reads completely. It drops text after a closing quote, and treats tabs and a second space as
// part of the name.
const blankPattern = / *(?:#[^\n]*)?(?:\n|$)/y
const valuePattern = /"[^"]*"|'[^']*'|`[^`]*`|(?!["'`])[^\r\n]*?/.source
const assignmentPattern = new RegExp(
  ` *(?:export )?[A-Za-z_][\\w.-]* *= *(?:${valuePattern}) *(?:#[^\\n]*)?(?:\\n|$)`,
  'y',
)

/** The number of the first line that parseEnv would skip, cut or misread; null when there is none. */
function findMalformedLine(text: string): number | null {
  const lines = text.replaceAll('\r\n', '\n')
  for (let offset = 0; offset < lines.length;) {
    const entry = [blankPattern, assignmentPattern].find((pattern) => {
      pattern.lastIndex = offset
      return pattern.test(lines)
    })
    if (!entry) return lines.slice(0, offset).split('\n').length
    offset = entry.lastIndex
  }
  return null
}
