import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { fastify } from 'fastify'
import { commands, isCommand, type CommandResult } from './commands.js'
import { controlFolder, isSocketPathTooLong, controlSocketPath } from './control-socket.js'
import type { Services } from '../services.js'
import { z } from '../../platform/zod.js'

/**
 * Lets the CLI reach a server with the embedded database, whose folder only one process can use. The socket is in
 * that folder and open to its owner only, who could read the database as well.
 */
export async function listenForCommands(dataDir: string, services: Services) {
  const server = fastify()
  server.post('/:command', async (request): Promise<CommandResult> => {
    const { command } = z.object({ command: z.string() }).parse(request.params)
    if (!isCommand(command)) throw new Error('unknown command')
    return commands[command].run(services, request.body)
  })
  const path = controlSocketPath(dataDir)
  if (isSocketPathTooLong(path))
    throw new Error(`the path ${path} is too long for a socket: choose a shorter DATA_DIR`)
  ensurePrivateFolder(controlFolder(dataDir))
  rmSync(path, { force: true }) // left by a killed server: we hold the folder's lock
  await server.ready()
  await listenPrivately(server.server, path)
  return server
}

/** Only the owner can reach the socket, with any permissions of DATA_DIR. */
function ensurePrivateFolder(folder: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stats = lstatSync(folder)
  // Another user's folder, or a link to one, would send the commands to that user.
  const isOurs = stats.isDirectory() && stats.uid === (process.getuid?.() ?? stats.uid)
  if (!isOurs) throw new Error(`${folder} is not a folder of this user`)
  chmodSync(folder, 0o700)
}

/**
 * `bind` creates the socket with the permissions of the umask before `listen` returns, so other users can open it at
 * no moment. The umask applies to the whole process, so nothing else may run in between.
 */
async function listenPrivately(server: Server, path: string) {
  const listening = once(server, 'listening')
  const umask = process.umask(0o177)
  try {
    server.listen(path)
  } finally {
    process.umask(umask)
  }
  await listening
}
