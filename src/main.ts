import { exitWithError } from './compose/cli/exit.js'
import { readSettings } from './boot/read-settings.js'
import { start } from './boot/start.js'

Promise.resolve(process.env)
  .then((environment) => {
    const { config, file } = readSettings(environment, process.cwd())
    return start(config, environment, file)
  })
  .then(() => process.exit(0), exitWithError)
