import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StubResponse {
  readonly status?: number
  readonly type?: string
  readonly body: object | string
}

/** A service of another team, or a gateway, that answers every request as the test says. */
export async function startStubService(
  respond: (authorization: string | null) => StubResponse | Promise<StubResponse>,
) {
  const authorizations: (string | null)[] = []
  const server = createServer((request, response) => {
    const { authorization = null } = request.headers
    authorizations.push(authorization)
    request.resume().on('end', () => {
      void Promise.resolve(respond(authorization)).then(({ status = 200, type, body }) => {
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
    /** The Authorization headers received, one per request. */
    asked: authorizations,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** The response of a GraphQL service that refuses the caller of `me`. */
export const unauthenticatedResponse = (reason: string): StubResponse => ({
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
