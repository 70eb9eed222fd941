import { chmod, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { fastify } from 'fastify'
import { z } from 'zod'
import { commands, isCommand, type CommandName, type Report } from './commands.js'
import type { Services } from '../services.js'

const socketIn = (dataDir: string) => join(dataDir, 'control.sock')

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

/** Has the server that holds that folder run a command. Null when there is none. */
export function sendCommand(dataDir: string, command: CommandName, input: object) {
  return new Promise<Report | null>((resolve, reject) => {
    const message = request({
      socketPath: socketIn(dataDir),
      method: 'POST',
      path: `/${encodeURIComponent(command)}`,
      headers: { 'content-type': 'application/json' },
    })
    message.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null)
      else reject(error)
    })
    message.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as Report)
        else reject(new Error(`the server could not do it: ${text}`))
      })
    })
    message.end(JSON.stringify(input))
  })
}
