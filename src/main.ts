import { parseConfig } from './compose/config/config.js'
import { exitWith } from './compose/cli/exit.js'
import { start } from './boot/start.js'

Promise.resolve(process.env)
  .then((environment) => start(parseConfig(environment), environment))
  .then(() => process.exit(0), exitWith)
