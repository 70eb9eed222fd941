import { availableCores } from '../../platform/cores.js'
import { StartupError } from '../../platform/errors.js'
import { allOptimizations } from './optimizations.js'
import { contradictions, hashingLimit, workersOf } from './rules.js'
import { settings, toConfig, type Values } from './settings.js'
import type { Environment, Setting } from './settings/setting.js'

/** Everything that can be set. Durations are milliseconds. */
export type Config = ReturnType<typeof parseConfig>

/**
 * Turns the environment into settings: pure, frozen, and either whole or refused with every problem
 * at once. A secret's value is in no message.
 */
export function parseConfig(
  environment: Environment,
  { cores = availableCores(), optimizations = allOptimizations } = {},
) {
  const unreadable = new Map<string, string>()
  const values = readAll(environment, unreadable)
  const workers = workersOf(values, cores)
  const hashingAtMost = hashingLimit(environment, Math.floor(cores / workers))
  const problems = [...unreadable.values(), ...contradictions(values, hashingAtMost, unreadable)]
  if (problems.length > 0)
    throw new StartupError(['Latchkey cannot start:', ...problems].join('\n  '))

  const publicUrl = values.PUBLIC_URL ?? `http://localhost:${values.PORT}`
  const production = values.NODE_ENV === 'production'
  const given = { production, publicUrl, workers, hashingAtMost, optimizations }
  return deepFreeze(toConfig(values, given))
}

function readAll(environment: Environment, problems: Map<string, string>): Values {
  const read = (name: string, setting: Setting) => {
    // An empty variable is what compose files and CI leave behind for "not set".
    const text = environment[name]?.trim() || setting.default
    if (text === undefined) return undefined
    const result = setting.parse.safeParse(text)
    if (result.success) return result.data
    const shown = setting.secret ? '' : ` (it is ${JSON.stringify(text)})`
    problems.set(name, `${name} ${result.error.issues[0]?.message ?? 'is not valid'}${shown}`)
    return undefined
  }
  const entries = Object.entries(settings).map(([name, setting]) => [name, read(name, setting)])
  return Object.fromEntries(entries) as Values
}

function deepFreeze<T>(value: T): T {
  if (
    typeof value === 'object' &&
    value !== null &&
    !Buffer.isBuffer(value) &&
    !Object.isFrozen(value)
  ) {
    Object.values(value).forEach(deepFreeze)
    Object.freeze(value)
  }
  return value
}
