import { availableCores } from '../../platform/cores.js'
import { StartupError } from '../../platform/errors.js'
import { allOptimizations } from './optimizations.js'
import { findPasskeyProblems, passkeySettingsOf } from './passkey-origins.js'
import { findContradictions, computeMaxHashes, countWorkers } from './rules.js'
import { settings, toConfig, type SettingValues } from './settings.js'
import type { Environment, Setting } from './settings/setting.js'

/** All settings. Durations are milliseconds. */
export type Config = ReturnType<typeof parseConfig>

/**
 * Turns the environment into settings: pure and frozen. Refuses a wrong environment with all its problems at once. No
 * message contains a secret's value.
 */
export function parseConfig(
  environment: Environment,
  { cores = availableCores(), optimizations = allOptimizations } = {},
) {
  const invalidSettings = new Map<string, string>()
  const values = parseAll(environment, invalidSettings)
  const workers = countWorkers(values, cores)
  const maxConcurrentHashes = computeMaxHashes(environment, Math.floor(cores / workers))
  const publicUrl = values.PUBLIC_URL ?? `http://localhost:${values.PORT}`
  const appUrl = values.APP_URL ?? publicUrl
  const problems = [
    ...invalidSettings.values(),
    ...findContradictions(values, maxConcurrentHashes, invalidSettings),
    ...(passkeyInputs.some((name) => invalidSettings.has(name))
      ? []
      : findPasskeyProblems(passkeySettingsOf(values, { publicUrl, appUrl }))),
  ]
  if (problems.length > 0)
    throw new StartupError(['Latchkey cannot start:', ...problems].join('\n  '))

  const production = values.NODE_ENV === 'production'
  const derived = { production, publicUrl, appUrl, workers, maxConcurrentHashes, optimizations }
  return deepFreeze(toConfig(values, derived))
}

function parseAll(environment: Environment, problems: Map<string, string>): SettingValues {
  const parseSetting = (name: string, setting: Setting) => {
    // Compose files and CI leave an empty variable for "not set".
    const text = environment[name]?.trim() || setting.default
    if (text === undefined) return undefined
    const result = setting.parse.safeParse(text)
    if (result.success) return result.data
    const valueHint = setting.secret ? '' : ` (it is ${JSON.stringify(text)})`
    problems.set(name, `${name} ${result.error.issues[0]?.message ?? 'is not valid'}${valueHint}`)
    return undefined
  }
  const entries = Object.entries(settings).map(([name, setting]) => [
    name,
    parseSetting(name, setting),
  ])
  return Object.fromEntries(entries) as SettingValues
}

const passkeyInputs = [
  ...['PASSKEY_RP_ID', 'PASSKEY_ORIGINS', 'PASSKEY_RELATED_ORIGINS'],
  ...['APP_URL', 'PUBLIC_URL', 'PORT'],
]

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
