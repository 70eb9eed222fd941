// Schema stitching in front of Latchkey and your services: each says in its own SDL how its types are merged.
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildHTTPExecutor } from '@graphql-tools/executor-http'
import { stitchSchemas } from '@graphql-tools/stitch'
import { stitchingDirectives } from '@graphql-tools/stitching-directives'
import { filterSchema } from '@graphql-tools/utils'
import { buildSchema, parse, type ExecutionResult } from 'graphql'

/** What the services are to know of the client's request. Nothing is passed on by default. */
interface Context {
  readonly forwarded: Readonly<Record<string, string>>
}

export interface GatewayOptions {
  /** Where Latchkey and the other services answer. */
  readonly services: readonly string[]
  readonly port?: number
}

export async function startGateway({ services, port = 0 }: GatewayOptions) {
  const { stitchingDirectivesTransformer } = stitchingDirectives()
  const stitched = stitchSchemas({
    subschemas: await Promise.all(services.map(subschemaAt)),
    subschemaConfigTransforms: [stitchingDirectivesTransformer],
  })
  // The fields by which types are merged are for the gateway alone.
  const schema = filterSchema({
    schema: stitched,
    rootFieldFilter: (_operation, name) => !name.startsWith('_'),
  })
  const server = new ApolloServer<Context>({ schema })
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

async function subschemaAt(endpoint: string) {
  const executor = buildHTTPExecutor({
    endpoint,
    headers: (request) => ({ ...(request?.context as Context | undefined)?.forwarded }),
  })
  const { data } = (await executor({ document: parse('{ _sdl }') })) as ExecutionResult<{
    _sdl: string
  }>
  if (!data) throw new Error(`${endpoint} gives no _sdl: is STITCHING=on?`)
  return { schema: buildSchema(data._sdl), executor, batch: true }
}
