import type { Config } from '../config/config.js'
import type { CommandName, Report } from './commands.js'
import { sendCommand } from './send-command.js'

/**
 * By the server that holds the embedded database, when one does; else in this process, which then loads what a
 * server loads.
 */
export async function runCommand(
  name: CommandName,
  input: object,
  config: Config,
): Promise<Report> {
  const answer = config.postgres ? null : await sendCommand(config.dataDir, name, input)
  if (answer) return answer
  const { runHere } = await import('./run-here.js')
  return runHere(name, input, config)
}

export async function migrateOnce(config: Config): Promise<Report> {
  const { migrateHere } = await import('./run-here.js')
  await migrateHere(config)
  return { ok: true, data: { migrated: true }, lines: ['The database has every migration.'] }
}
