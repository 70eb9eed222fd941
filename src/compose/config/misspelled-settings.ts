import leven from 'leven'
import { settings, type SettingName } from './settings.js'
import type { Environment } from './settings/setting.js'

/** Finds variables that look like misspelled settings, each with the setting that was probably meant. */
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
      // Kubernetes adds LATCHKEY_PORT=tcp://... to every pod when a service has that name.
      .filter((name) => !environment[name]?.startsWith('tcp://'))
      .flatMap((name) => {
        const suggestion = findClosest(name)
        return suggestion ? [{ name, suggestion }] : []
      })
  )
}
