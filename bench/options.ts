import { parseArgs } from 'node:util'
import { settings } from '../src/compose/config/settings.js'

export interface Options {
  readonly quick: boolean
  readonly growth: boolean
  readonly write: boolean
  /** Of each server in a comparison. */
  readonly users: number
  readonly only: readonly string[] | null
  /** What to profile, instead of measuring. */
  readonly profile: string | null
  /** Settings of Latchkey for this run. */
  readonly set: Readonly<Record<string, string>>
}

// Those that Node reads itself.
const ofNode = ['NODE_OPTIONS', 'UV_THREADPOOL_SIZE']

const usage = `npm run bench -- [--quick] [--only me,refresh] [--set NAME=value] [--users 20000] [--growth] [--write]
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
    },
  })
  const [command, what, ...rest] = positionals
  if ((command && command !== 'profile') || rest.length > 0 || (command && !what)) {
    throw new Error(`usage: ${usage}`)
  }
  const { quick, growth, write, users, only, set } = values
  return {
    ...{ quick, growth, write, profile: what ?? null },
    users: Number(users ?? (quick ? 10_000 : 20_000)),
    only: only?.split(',') ?? null,
    set: Object.fromEntries(set.map(readSetting)),
  }
}

function readSetting(text: string): [string, string] {
  const [name = '', ...value] = text.split('=')
  if (!Object.hasOwn(settings, name) && !ofNode.includes(name)) {
    throw new Error(`--set ${name}: Latchkey has no such setting`)
  }
  return [name, value.join('=')]
}
