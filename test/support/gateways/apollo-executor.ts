import { ApolloServer, type GraphQLRequestListener } from '@apollo/server'
import { startApp, type TestApp, type TestAppOptions } from '../app/app.js'

interface Internals {
  readonly internals: {
    readonly plugins: { requestDidStart?: () => Promise<GraphQLRequestListener<object> | null> }[]
  }
}

/** An app, and a way to run a request with Apollo Server's own executor, as when no hook responds. */
export async function startWithBothExecutors(options: TestAppOptions): Promise<{
  app: TestApp
  withApolloExecutor: <T>(work: () => Promise<T>) => Promise<T>
}> {
  let apollo: Internals | undefined
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its server below
  const originalStart = ApolloServer.prototype.start
  ApolloServer.prototype.start = function (this: ApolloServer) {
    apollo = this as unknown as Internals
    return originalStart.call(this)
  }
  const app = await startApp(options).finally(() => (ApolloServer.prototype.start = originalStart))
  let usesApollo = false
  let replacedCount = 0
  for (const plugin of apollo?.internals.plugins ?? []) {
    const start = plugin.requestDidStart?.bind(plugin)
    if (!start) continue
    plugin.requestDidStart = async () => {
      const listener = await start()
      if (!usesApollo || !listener || !('responseForOperation' in listener)) return listener
      replacedCount += 1
      return { ...listener, responseForOperation: () => Promise.resolve(null) }
    }
  }
  return {
    app,
    async withApolloExecutor(work) {
      const before = replacedCount
      usesApollo = true
      try {
        return await work()
      } finally {
        usesApollo = false
        if (replacedCount === before) throw new Error('no operation was left to Apollo Server')
      }
    },
  }
}
