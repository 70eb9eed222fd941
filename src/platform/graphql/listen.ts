import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server'
import type { RequestContext } from './context.js'

type Plugin = ApolloServerPlugin<RequestContext>

/** A plugin that listens to every request in the same way: what it does is made once, not for each of them. */
export function listen(listener: GraphQLRequestListener<RequestContext>): Plugin {
  const started = Promise.resolve(listener)
  return { requestDidStart: () => started }
}
