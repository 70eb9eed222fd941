import { print } from 'graphql'
import { ClientError, GraphQLClient } from 'graphql-request'
import { createSessionFetch } from '@latchkey/client'
import { bindings } from './session-fixture.js'

/** graphql-request with the fetch of a session. Any client that takes a `fetch` can use it in this way. */
const graphqlRequest: (typeof bindings)[string] = (session, url, fetch) => {
  const client = new GraphQLClient(url, {
    fetch: createSessionFetch(session, { fetch, origins: [url] }),
    errorPolicy: 'all',
  })
  const send: ReturnType<typeof graphqlRequest>['query'] = (document, variables) =>
    client.rawRequest(print(document), variables as object).then(
      ({ data, errors }) => ({ data: data as never, error: errors }),
      (error: unknown) => {
        const data = error instanceof ClientError ? error.response.data : null
        return { data: data as never, error }
      },
    )
  return { query: send, mutate: send }
}

/** Every way to bind a session to a client. */
export const clients = { ...bindings, 'graphql-request': graphqlRequest }
