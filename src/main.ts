import { parseConfig } from './config.js'
import { exitWith } from './cli/exit.js'
import { start } from './start.js'

Promise.resolve(process.env)
  .then((environment) => start(parseConfig(environment), environment))
  .then(() => process.exit(0), exitWith)
