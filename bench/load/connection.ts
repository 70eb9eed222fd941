import { createConnection, type Socket } from 'node:net'

type OnAnswer = (answer: Buffer) => void

export interface Connection {
  /** One request at a time. */
  readonly send: (request: string, onAnswer: OnAnswer, onFailure: (error: Error) => void) => void
  readonly close: () => void
}

const headEnd = Buffer.from('\r\n\r\n')
const lastChunk = Buffer.from('0\r\n\r\n')

/**
 * A keep-alive connection with minimal work. On two cores, the load generator takes CPU time from the server that it
 * measures.
 */
export function connect(port: number): Promise<Connection> {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
  let onAnswer: OnAnswer | null = null
  let onFailure: ((error: Error) => void) | null = null
  let received: Buffer | null = null

  const fail = (error: Error) => {
    socket.destroy()
    const callback = onFailure
    onAnswer = onFailure = null
    callback?.(error)
  }

  socket.on('data', (chunk: Buffer) => {
    received = received ? Buffer.concat([received, chunk]) : chunk
    if (!isComplete(received)) return
    const answer = received
    const callback = onAnswer
    received = onAnswer = onFailure = null
    callback?.(answer)
  })
  socket.on('error', fail)
  socket.on('close', () => {
    fail(new Error('the server closed the connection'))
  })

  const connection: Connection = {
    send(request, answered, failed) {
      onAnswer = answered
      onFailure = failed
      if (socket.destroyed) fail(new Error('the server closed the connection'))
      else socket.write(request, 'latin1')
    },
    close: () => socket.destroy(),
  }
  return waitForConnect(socket).then(() => connection)
}

function waitForConnect(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject)
  })
}

function isComplete(received: Buffer) {
  const end = received.indexOf(headEnd)
  if (end < 0) return false
  const head = received.toString('latin1', 0, end)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length) return received.length >= end + headEnd.length + Number(length)
  return received.subarray(-lastChunk.length).equals(lastChunk) // transfer-encoding: chunked
}

const okStatusLine = Buffer.from('HTTP/1.1 200')

export const isOk = (answer: Buffer) => answer.subarray(0, okStatusLine.length).equals(okStatusLine)
