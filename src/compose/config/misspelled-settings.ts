import leven from 'leven'
import { settings, type SettingName } from './settings.js'
import type { Environment } from './settings/setting.js'

/** Names in the environment that look like a setting misspelt, each with what was probably meant. */
export function findMisspelledSettings(
  environment: Environment,
): { name: string; suggestion: SettingName }[] {
  const known = Object.keys(settings) as SettingName[]
  const findClosest = (name: string) =>
    known.find(
      (candidate) =>
        name.toUpperCase() === candidate ||
        name === `LATCHKEY_${candidate}` ||
        (candidate.length > 6 && leven(name, candidate) <= 2),
    )
  return (
    Object.keys(environment)
      .filter((name) => !known.some((candidate) => candidate === name))
      // Kubernetes puts LATCHKEY_PORT=tcp://... into every pod beside a service of that name.
      .filter((name) => !environment[name]?.startsWith('tcp://'))
      .flatMap((name) => {
        const suggestion = findClosest(name)
        return suggestion ? [{ name, suggestion }] : []
      })
  )
}
