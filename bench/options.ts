import { parseArgs } from 'node:util'
import { settings } from '../src/compose/config/settings.js'
import { switches, type Switch } from './servers/switches.js'

export interface Options {
  readonly quick: boolean
  readonly growth: boolean
  readonly write: boolean
  /** Users of each server in a comparison. */
  readonly users: number
  readonly only: readonly string[] | null
  /** The operation to profile instead of measuring. */
  readonly profile: string | null
  /** Settings of Latchkey for this run. */
  readonly set: Readonly<Record<string, string>>
  /** Optimizations to switch off, running from the sources. Null: all on, running the build. */
  readonly without: readonly Switch[] | null
}

// Variables that Node.js itself reads.
const nodeVariables = ['NODE_OPTIONS', 'UV_THREADPOOL_SIZE']

const usage = `npm run bench -- [--quick] [--only me,refresh] [--set NAME=value] [--without batching] [--users 20000] [--growth] [--write]
npm run bench -- profile me|refresh|login`

export function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      growth: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      users: { type: 'string' },
      only: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      without: { type: 'string' },
    },
  })
  const [command, profileTarget, ...rest] = positionals
  if ((command && command !== 'profile') || rest.length > 0 || (command && !profileTarget)) {
    throw new Error(`usage: ${usage}`)
  }
  const { quick, growth, write, users, only, set, without } = values
  return {
    ...{ quick, growth, write, profile: profileTarget ?? null },
    users: Number(users ?? (quick ? 10_000 : 20_000)),
    only: only?.split(',') ?? null,
    set: Object.fromEntries(set.map(readSetting)),
    without: without === undefined ? null : readSwitches(without),
  }
}

function readSetting(text: string): [string, string] {
  const [name = '', ...value] = text.split('=')
  if (!Object.hasOwn(settings, name) && !nodeVariables.includes(name)) {
    throw new Error(`--set ${name}: Latchkey has no such setting. See docs/configuration.md.`)
  }
  return [name, value.join('=')]
}

/** `none` is for comparison: it runs from the sources, as the other switches do. */
function readSwitches(text: string): Switch[] {
  if (text === 'none') return []
  return text.split(',').map((name) => {
    const found = switches.find((each) => each === name)
    if (!found)
      throw new Error(
        `--without ${name}: unknown optimization. Choose from ${switches.join(', ')}, none.`,
      )
    return found
  })
}
