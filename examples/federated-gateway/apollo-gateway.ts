// The same with @apollo/gateway: `GATEWAY=apollo npm start`.
import { ApolloGateway, IntrospectAndCompose, RemoteGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import type { GatewayOptions } from './gateway.js'

interface Context {
  /** What the services are to know of the client's request. */
  readonly forwarded: Readonly<Record<string, string>>
}

/** Passes on what it is given: nothing is by default. */
class ForwardingDataSource extends RemoteGraphQLDataSource<Context> {
  override willSendRequest({
    request,
    context,
  }: Parameters<NonNullable<RemoteGraphQLDataSource<Context>['willSendRequest']>>[0]) {
    // Composing has no context.
    for (const [name, value] of Object.entries((context as Partial<Context>).forwarded ?? {})) {
      request.http?.headers.set(name, value)
    }
  }
}

export async function startGateway({ subgraphs, port = 0 }: GatewayOptions) {
  const gateway = new ApolloGateway({
    supergraphSdl: new IntrospectAndCompose({
      subgraphs: Object.entries(subgraphs).map(([name, url]) => ({ name, url })),
    }),
    buildService: ({ url = '' }) => new ForwardingDataSource({ url }),
  })
  const server = new ApolloServer<Context>({ gateway })
  const { url } = await startStandaloneServer(server, {
    listen: { port, host: '127.0.0.1' },
    context: async ({ req: { headers, socket } }) => ({
      forwarded: {
        ...(headers.authorization && { authorization: headers.authorization }),
        ...(headers['user-agent'] && { 'user-agent': headers['user-agent'] }),
        ...(socket.remoteAddress && { 'x-forwarded-for': socket.remoteAddress }),
      },
    }),
  })
  return { url, close: () => server.stop() }
}
