import { chmod, rm } from 'node:fs/promises'
import { fastify } from 'fastify'
import { z } from 'zod'
import { commands, isCommand, type Report } from './commands.js'
import { socketIn } from './control-socket.js'
import type { Services } from '../services.js'

/**
 * Lets the command line reach a server that holds the embedded database, whose folder takes one process.
 * A socket in that folder, for its owner alone: whoever can open it could read the database as well.
 */
export async function listenForCommands(dataDir: string, services: Services) {
  const path = socketIn(dataDir)
  const server = fastify()
  server.post('/:command', async (message): Promise<Report> => {
    const { command } = z.object({ command: z.string() }).parse(message.params)
    if (!isCommand(command)) throw new Error('no such command')
    return commands[command](services, message.body)
  })
  await rm(path, { force: true }) // left by a server that was killed: we hold the folder's lock
  await server.listen({ path })
  await chmod(path, 0o600)
  return server
}
