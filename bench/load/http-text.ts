import { connect } from './connection.js'

export interface RequestParts {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Formats a request up to the value of content-length. */
export function formatRequestHead({ method, path, headers = {} }: RequestParts) {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}`
}

const json = { 'content-type': 'application/json' }

export function formatRequest(parts: RequestParts) {
  if (parts.body === undefined) return `${formatRequestHead(parts)}\r\n`
  const body = JSON.stringify(parts.body)
  const head = formatRequestHead({ ...parts, headers: { ...json, ...parts.headers } })
  return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

export interface HttpResponse {
  readonly head: string
  readonly body: string
}

/** Sends one request on its own connection, for the preparation before the load. */
export async function exchange(port: number, text: string): Promise<HttpResponse> {
  const connection = await connect(port)
  try {
    const answer = await new Promise<Buffer>((resolve, reject) => {
      connection.send(text, resolve, reject)
    })
    const [head = '', ...rest] = answer.toString().split('\r\n\r\n')
    return { head, body: rest.join('\r\n\r\n') }
  } finally {
    connection.close()
  }
}
