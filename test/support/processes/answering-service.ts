import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Said {
  readonly status?: number
  readonly type?: string
  readonly body: object | string
}

/** A service of somebody else's, or a gateway, that says to every request what the test has it say. */
export async function startAnswering(say: (authorization: string | null) => Said | Promise<Said>) {
  const asked: (string | null)[] = []
  const server = createServer((request, response) => {
    const { authorization = null } = request.headers
    asked.push(authorization)
    request.resume().on('end', () => {
      void Promise.resolve(say(authorization)).then(({ status = 200, type, body }) => {
        response.writeHead(status, { 'content-type': type ?? 'application/json' })
        response.end(typeof body === 'string' ? body : JSON.stringify(body))
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    /** The Authorization headers that came, one per request. */
    asked,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** What a GraphQL service says that refuses the caller of `me`. */
export const unauthenticated = (reason: string): Said => ({
  body: {
    data: { me: null },
    errors: [
      {
        message: 'A valid access token is needed.',
        path: ['me'],
        extensions: { code: 'UNAUTHENTICATED', reason },
      },
    ],
  },
})
