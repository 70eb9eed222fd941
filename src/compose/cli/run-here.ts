import type { Config } from '../config/config.js'
import { openDatabase, refuseMissingDatabase } from '../../platform/database/database.js'
import { createLogger } from '../../platform/observability/logger.js'
import { targetOf } from '../database-target.js'
import { openToRead } from '../read-services.js'
import { openServices } from '../services.js'
import { commands, type Command, type CommandName, type Report } from './commands.js'

/** A warning goes beside the outcome, not into it. */
const log = createLogger('warn', { write: (line) => process.stderr.write(line) })

export async function runHere(name: CommandName, input: object, config: Config): Promise<Report> {
  const command: Command = commands[name]
  if (command.kind === 'reads') {
    const { services, close } = await openToRead(config, log)
    return command.run(services, input).finally(close)
  }
  if (command.kind === 'writes') await refuseMissingDatabase(targetOf(config), log)
  const services = await openServices({ config: alone(config), log })
  return command.run(services, input).finally(services.close)
}

export async function migrateHere(config: Config) {
  const database = await openDatabase(targetOf(config), log)
  await database.close()
}

/** A command counts no attempts, and a process for its one hash would be started for nothing. */
const alone = (config: Config): Config => ({
  ...config,
  redisUrl: null,
  metricsPort: null,
  argon2: { ...config.argon2, ownProcess: false },
})
