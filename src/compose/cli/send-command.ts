import { request } from 'node:http'
import type { CommandName, CommandResult } from './commands.js'
import { isSocketPathTooLong, controlSocketPath } from './control-socket.js'

// Error codes of connect(2) for a socket without a listener.
const notListeningCodes = new Set<unknown>(['ENOENT', 'ENOTDIR', 'ECONNREFUSED'])

/** Sends a command to the server that holds the folder. Null when there is no such server. */
export function sendCommand(dataDir: string, command: CommandName, input: object) {
  const socketPath = controlSocketPath(dataDir)
  return new Promise<CommandResult | null>((resolve, reject) => {
    if (isSocketPathTooLong(socketPath)) {
      resolve(null) // no server can listen there
      return
    }
    const message = request({
      socketPath,
      method: 'POST',
      path: `/${encodeURIComponent(command)}`,
      headers: { 'content-type': 'application/json' },
    })
    message.on('error', (error: NodeJS.ErrnoException) => {
      if (notListeningCodes.has(error.code)) resolve(null)
      else reject(error)
    })
    message.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as CommandResult)
        else reject(new Error(`the server could not run the command: ${text}`))
      })
    })
    message.end(JSON.stringify(input))
  })
}
