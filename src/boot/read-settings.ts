import { parseConfig } from '../compose/config/config.js'
import { readEnvFile } from '../compose/config/env-file.js'
import { StartupError } from '../platform/errors.js'
import { workerNumberVariable } from './cluster/messages.js'

/** Reads the settings from `environment` and from `.env` in `folder`, and adds the latter to `environment`. */
export function readSettings(environment: NodeJS.ProcessEnv, folder: string) {
  // A worker gets all settings from the primary process, even when the file has changed since.
  const file = environment[workerNumberVariable] ? null : readEnvFile(folder, environment)
  Object.assign(environment, file?.applied)
  try {
    return { config: parseConfig(environment), file }
  } catch (error) {
    if (!file || !(error instanceof StartupError)) throw error
    throw new StartupError(`${error.message}\n  (settings were also read from ${file.path})`)
  }
}
