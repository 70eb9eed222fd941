import { EventEmitter, on, once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Verifier } from '@latchkey/verify'

interface Extra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket
  userId?: string
}

/**
 * Another team's service with subscriptions over graphql-ws. It verifies the token when a connection begins, and closes
 * a connection whose token has expired.
 */
export async function startSubscriptionService(verifier: Verifier) {
  const ticks = new EventEmitter()
  /** The Authorization of every requested connection. */
  const connections: (string | null)[] = []
  const openSockets = new Map<WebSocket, string>()
  const counters = { subscriptions: 0 }

  const userId = {
    type: GraphQLString,
    subscribe: () => on(ticks, 'tick'),
    resolve: (_: unknown, __: unknown, { extra }: { extra: Extra }) => extra.userId ?? null,
  }
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { userId } }),
    subscription: new GraphQLObjectType({ name: 'Subscription', fields: { userId } }),
  })
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  const service = useServer<{ authorization?: string }, Extra>(
    {
      schema,
      context: ({ extra }) => ({ extra }),
      async onConnect({ connectionParams, extra }) {
        const { authorization = null } = connectionParams ?? {}
        connections.push(authorization)
        const verification = await verifier.verify(authorization)
        if (verification.kind === 'valid') extra.userId = verification.caller.userId
        if (authorization !== null) openSockets.set(extra.socket, authorization)
        return verification.kind === 'valid' || verification.kind === 'missing' // otherwise it closes with 4403
      },
      onOperation: () => void (counters.subscriptions += 1),
      onDisconnect: ({ extra }) => void openSockets.delete(extra.socket),
    },
    server,
  )
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `ws://127.0.0.1:${port}`,
    connections,
    live: counters,
    tick: () => ticks.emit('tick'),
    closeExpired: async () => {
      for (const [socket, authorization] of openSockets) {
        const { kind } = await verifier.verify(authorization)
        if (kind !== 'valid') socket.close(4403, 'Forbidden')
      }
    },
    close: async () => {
      await service.dispose()
    },
  }
}
