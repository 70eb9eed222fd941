import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server'
import type { RequestContext } from './context.js'

/** Hooks that run at the steps of every request. */
export type OperationListener = GraphQLRequestListener<RequestContext>

/** Steps that may have several listeners. */
const sharedHooks = new Set(['didResolveOperation', 'didEncounterErrors', 'willSendResponse'])

/**
 * Combines the listeners into one plugin and calls them in this order at each step. Apollo Server asks every plugin
 * for a listener per request and creates a promise for every listener at each step, even without work to do.
 */
export function combinePlugins(
  ...listeners: OperationListener[]
): ApolloServerPlugin<RequestContext> {
  const exclusiveHooks = listeners
    .flatMap((one) => Object.keys(one))
    .filter((hook) => !sharedHooks.has(hook))
  if (new Set(exclusiveHooks).size < exclusiveHooks.length)
    throw new Error('two listeners for a hook that allows only one')
  const merged = Object.assign({}, ...listeners) as OperationListener
  const callInOrder = async (call: (listener: OperationListener) => Promise<void> | undefined) => {
    for (const listener of listeners) {
      const pending = call(listener)
      if (pending) await pending
    }
  }
  const requestListener = Promise.resolve<OperationListener>({
    ...merged,
    didResolveOperation: (context) => callInOrder((one) => one.didResolveOperation?.(context)),
    didEncounterErrors: (context) => callInOrder((one) => one.didEncounterErrors?.(context)),
    willSendResponse: (context) => callInOrder((one) => one.willSendResponse?.(context)),
  })
  return { requestDidStart: () => requestListener }
}
