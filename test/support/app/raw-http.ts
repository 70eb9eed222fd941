import { once } from 'node:events'
import { connect } from 'node:net'
import type { Server } from './client.js'

/** Sends these bytes (latin1) and returns the response until the connection closes. */
export async function sendRaw({ url }: Server, text: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk))
  socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')))
  socket.write(text, 'latin1')
  await once(socket, 'close')
  return answer
}

/** A query as POST with these headers. Each header ends with a line break. */
export function rawQuery(headers: string): string {
  const body = '{"query":"{ __typename }"}'
  return (
    `POST /graphql HTTP/1.1\r\n${headers}content-type: application/json\r\n` +
    `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`
  )
}
