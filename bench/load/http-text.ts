import { connect } from './connection.js'

export interface RequestParts {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** A request up to where its content-length belongs. */
export function headText({ method, path, headers = {} }: RequestParts) {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([k, v]) => `${k}: ${v}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}`
}

const json = { 'content-type': 'application/json' }

export function requestText(parts: RequestParts) {
  if (parts.body === undefined) return `${headText(parts)}\r\n`
  const body = JSON.stringify(parts.body)
  const head = headText({ ...parts, headers: { ...json, ...parts.headers } })
  return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

export interface Exchanged {
  readonly head: string
  readonly body: string
}

/** One request on a connection of its own, for what happens before the load. */
export async function exchange(port: number, text: string): Promise<Exchanged> {
  const connection = await connect(port)
  try {
    const answer = await new Promise<Buffer>((resolve, reject) => {
      connection.ask(text, resolve, reject)
    })
    const [head = '', ...rest] = answer.toString().split('\r\n\r\n')
    return { head, body: rest.join('\r\n\r\n') }
  } finally {
    connection.close()
  }
}
