import type { Config } from '../config/config.js'
import { openDatabase, assertDatabaseExists } from '../../platform/database/database.js'
import { createLogger } from '../../platform/observability/logger.js'
import { targetOf } from '../database-target.js'
import { openReadServices } from '../read-services.js'
import { openServices } from '../services.js'
import { commands, type Command, type CommandName, type CommandResult } from './commands.js'

/** Warnings go to standard error, the outcome to standard output. */
const log = createLogger('warn', { write: (line) => process.stderr.write(line) })

export async function runInProcess(
  name: CommandName,
  input: object,
  config: Config,
): Promise<CommandResult> {
  const command: Command = commands[name]
  if (command.kind === 'reads') {
    const { services, close } = await openReadServices(config, log)
    return command.run(services, input).finally(close)
  }
  if (command.kind === 'writes') await assertDatabaseExists(targetOf(config), log)
  const services = await openServices({ config: configForCommand(config), log })
  return command.run(services, input).finally(services.close)
}

export async function migrateInProcess(config: Config) {
  const database = await openDatabase(targetOf(config), log)
  await database.close()
}

/** A command counts no attempts, and starting a process for its one hash would not pay off. */
const configForCommand = (config: Config): Config => ({
  ...config,
  redisUrl: null,
  metricsPort: null,
  argon2: { ...config.argon2, ownProcess: false },
})
