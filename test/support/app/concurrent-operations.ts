import { once } from 'node:events'
import { connect } from 'node:net'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import type { Answer, Server } from './client.js'
import type { Operation } from './every-mutation.js'

/**
 * Sends one operation with each of these variables over separate connections. All connections are open before the
 * first byte is sent.
 */
export async function sendConcurrently<T, V extends Operation['variables']>(
  server: Server,
  document: TypedDocumentNode<T, V>,
  variables: readonly V[],
  token: string | null = null,
): Promise<(T | null | undefined)[]> {
  const query = print(document)
  const operations = variables.map((each) => ({ query, variables: each, token }))
  const answers = await sendOperationsConcurrently<T>(server, operations)
  return answers.map(({ data }) => data)
}

/** Like sendConcurrently, for different operations. */
export async function sendOperationsConcurrently<T = Record<string, unknown>>(
  { url }: Server,
  operations: readonly Operation[],
): Promise<Pick<Answer<T>, 'data' | 'errors'>[]> {
  const { hostname, port } = new URL(url)
  const sockets = await Promise.all(
    operations.map(async () => {
      const socket = connect(Number(port), hostname)
      await once(socket, 'connect')
      return socket.setNoDelay(true).setEncoding('utf8')
    }),
  )
  const answers = sockets.map(async (socket, i) => {
    const { token, ...rest } = operations[i] ?? { token: null }
    const body = JSON.stringify(rest)
    let answer = ''
    socket.on('data', (chunk: string) => (answer += chunk))
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n' +
        (token === null ? '' : `authorization: Bearer ${token}\r\n`) +
        `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    )
    await once(socket, 'close')
    const text = answer.slice(answer.indexOf('\r\n\r\n') + 4)
    const { data, errors = [] } = JSON.parse(text) as Partial<Answer<T>>
    return { data, errors }
  })
  return Promise.all(answers)
}
