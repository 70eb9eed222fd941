import { once } from 'node:events'
import { connect } from 'node:net'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import type { Server } from './client.js'

/** One operation with each of these variables, over as many connections: all are open before the first byte is sent. */
export async function sendTogether<T, V>(
  { url }: Server,
  document: TypedDocumentNode<T, V>,
  variables: readonly V[],
): Promise<(T | null | undefined)[]> {
  const { hostname, port } = new URL(url)
  const sockets = await Promise.all(
    variables.map(async () => {
      const socket = connect(Number(port), hostname)
      await once(socket, 'connect')
      return socket.setNoDelay(true).setEncoding('utf8')
    }),
  )
  const query = print(document)
  const answers = sockets.map(async (socket, i) => {
    const body = JSON.stringify({ query, variables: variables[i] })
    let answer = ''
    socket.on('data', (chunk: string) => (answer += chunk))
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n' +
        `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    )
    await once(socket, 'close')
    return (JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as { data?: T | null }).data
  })
  return Promise.all(answers)
}
