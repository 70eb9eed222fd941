import { print } from 'graphql'
import { once } from 'node:events'
import { connect } from 'node:net'
import { LoginDocument, type RegisterDocument } from '@latchkey/client/operations'
import type { Server } from './client.js'
import {
  forwardedFor,
  outcomeOf,
  wrongPassword,
  type LoginAttempt,
  type Outcome,
} from './rate-limits.js'

export interface ServerAttempt extends LoginAttempt {
  readonly server: Server
}

/**
 * Sends this many sign-ins (or registrations) over separate connections. All connections are open before the first
 * byte is sent.
 */
export async function tryConcurrently(
  attempts: readonly ServerAttempt[],
  document: typeof LoginDocument | typeof RegisterDocument = LoginDocument,
) {
  const query = print(document)
  const sockets = await Promise.all(
    attempts.map(async ({ server }) => {
      const { hostname, port } = new URL(server.url)
      const socket = connect(Number(port), hostname)
      await once(socket, 'connect')
      return socket.setNoDelay(true)
    }),
  )
  const answers = attempts.map(async ({ email, password = wrongPassword, ip }, i) => {
    const body = JSON.stringify({ query, variables: { input: { email, password } } })
    const head = {
      host: 'localhost',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
      ...forwardedFor(ip),
    }
    const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`)
    const socket = sockets[i]
    let answer = ''
    socket?.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk))
    socket?.write(`POST /graphql HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
    if (socket) await once(socket, 'close')
    return parse(answer)
  })
  return Promise.all(answers)
}

function parse(answer: string) {
  const end = answer.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = answer.slice(0, end).split('\r\n')
  const headers = new Headers()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  const { errors = [], data } = JSON.parse(answer.slice(end + 4)) as Partial<Outcome>
  const outcome = outcomeOf({ errors, data })
  return { status: Number(statusLine.split(' ')[1]), headers, outcome }
}
