import type { Config } from '../config/config.js'
import type { CommandName, CommandResult } from './commands.js'
import { sendCommand } from './send-command.js'

/**
 * Runs the command in the server that holds the embedded database, if one does. Otherwise runs it in this process,
 * which then loads the services of a server.
 */
export async function runCommand(
  name: CommandName,
  input: object,
  config: Config,
): Promise<CommandResult> {
  const answer = config.postgres ? null : await sendCommand(config.dataDir, name, input)
  if (answer) return answer
  const { runInProcess } = await import('./run-in-process.js')
  return runInProcess(name, input, config)
}

export async function runMigrations(config: Config): Promise<CommandResult> {
  const { migrateInProcess } = await import('./run-in-process.js')
  await migrateInProcess(config)
  return { ok: true, data: { migrated: true }, lines: ['All migrations are applied.'] }
}
