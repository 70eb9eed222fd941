import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server'
import type { RequestContext } from './context.js'

/** What happens at the steps of every request. */
export type Listener = GraphQLRequestListener<RequestContext>

/** Steps at which several may listen. */
const shared = new Set(['didResolveOperation', 'didEncounterErrors', 'willSendResponse'])

/**
 * All of them as one plugin, in that order at each step. Apollo Server asks every plugin anew for each request, and makes
 * a promise for every listener at each step, whether or not it has anything to do there: those took 4 % of the samples of `me`.
 */
export function listen(...listeners: Listener[]): ApolloServerPlugin<RequestContext> {
  const alone = listeners.flatMap((one) => Object.keys(one)).filter((step) => !shared.has(step))
  if (new Set(alone).size < alone.length) throw new Error('two listeners at a step for one')
  const all = Object.assign({}, ...listeners) as Listener
  const inTurn = async (ask: (listener: Listener) => Promise<void> | undefined) => {
    for (const listener of listeners) {
      const asked = ask(listener)
      if (asked) await asked
    }
  }
  const started = Promise.resolve<Listener>({
    ...all,
    didResolveOperation: (context) => inTurn((one) => one.didResolveOperation?.(context)),
    didEncounterErrors: (context) => inTurn((one) => one.didEncounterErrors?.(context)),
    willSendResponse: (context) => inTurn((one) => one.willSendResponse?.(context)),
  })
  return { requestDidStart: () => started }
}
