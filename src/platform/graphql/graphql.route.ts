import {
  HeaderMap,
  type ApolloServer,
  type BaseContext,
  type HTTPGraphQLRequest,
} from '@apollo/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendGraphiql, wantsGraphiql } from '../http/graphiql/graphiql.route.js'
import { sendError } from '../http/error-responses.js'

export interface GraphqlRouteDeps<C extends BaseContext> {
  readonly apollo: ApolloServer<C>
  readonly contextFor: (request: FastifyRequest, reply: FastifyReply) => C | Promise<C>
  /** Whether browsers that open the address get GraphiQL. */
  readonly graphiql: boolean
}

/** `/graphql`: POST for all operations, GET for queries (and, in development, for GraphiQL). */
export const graphqlRoute =
  <C extends BaseContext>({ apollo, contextFor, graphiql }: GraphqlRouteDeps<C>) =>
  (server: FastifyInstance) => {
    const handle = async (request: FastifyRequest, reply: FastifyReply) => {
      if (graphiql && wantsGraphiql(request)) return sendGraphiql(reply)
      const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: toApolloRequest(request),
        context: async () => contextFor(request, reply),
      })
      if (body.kind !== 'complete') throw new Error('a response in parts was not asked for')
      return reply
        .code(status ?? 200)
        .headers(Object.fromEntries(headers))
        .send(body.string)
    }
    server.get('/graphql', { exposeHeadRoute: false }, handle)
    server.post('/graphql', handle)
    server.route({
      method: ['HEAD', 'PUT', 'PATCH', 'DELETE'],
      url: '/graphql',
      handler: (request, reply) => sendError(reply.header('allow', 'GET, POST'), 405, request.id),
    })
  }

function toApolloRequest(request: FastifyRequest): HTTPGraphQLRequest {
  const headers = new HeaderMap()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, String(value))
  }
  const queryStart = request.url.indexOf('?')
  return {
    method: request.method,
    headers,
    search: queryStart < 0 ? '' : request.url.slice(queryStart),
    body: request.body,
  }
}
