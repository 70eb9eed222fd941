import { commands, type CommandName, type Report } from './commands.js'
import type { Config } from '../config.js'
import { sendCommand } from './control.js'
import { openDatabase } from '../platform/database/database.js'
import { createLogger } from '../platform/observability/logger.js'
import { openServices, targetOf } from '../services.js'

/** A warning goes beside the outcome, not into it. */
const log = createLogger('warn', { write: (line) => process.stderr.write(line) })

/** By the server that holds the embedded database, when one does; else in this process. */
export async function runCommand(
  name: CommandName,
  input: object,
  config: Config,
): Promise<Report> {
  const answer = config.postgres ? null : await sendCommand(config.dataDir, name, input)
  if (answer) return answer
  const services = await openServices({ config: alone(config), log })
  try {
    return await commands[name](services, input)
  } finally {
    await services.close()
  }
}

/** A command counts no attempts, and a process for its one hash would be started for nothing. */
const alone = (config: Config): Config => ({
  ...config,
  redisUrl: null,
  metricsPort: null,
  argon2: { ...config.argon2, ownProcess: false },
})

export async function migrateOnce(config: Config): Promise<Report> {
  const database = await openDatabase(targetOf(config), log)
  await database.close()
  return { ok: true, data: { migrated: true }, lines: ['The database has every migration.'] }
}
