import { ApolloClient, HttpLink, InMemoryCache, type OperationVariables } from '@apollo/client'
import { Client, fetchExchange } from '@urql/core'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { createSessionLink, possibleTypes } from '@latchkey/client/apollo'
import { createSession, type Session, type SessionOptions } from '@latchkey/client'
import { sessionExchange } from '@latchkey/client/urql'
import type { TestClock } from '../app/clock.js'
import { registerPerson, signIn, type Server } from '../app/client.js'

interface Answer<T> {
  readonly data: T | null | undefined
  readonly error: unknown
}

type Ask = <T, V extends OperationVariables>(
  document: TypedDocumentNode<T, V>,
  variables: V,
) => Promise<Answer<T>>

interface Application {
  readonly query: Ask
  readonly mutate: Ask
}

type Fetch = typeof fetch

interface UrqlOptions {
  readonly preferGetMethod?: 'within-url-limit' | false
}

/** The clients with bindings, created as their documentation says. */
export const bindings: Record<
  string,
  (session: Session, url: string, fetch: Fetch, options?: UrqlOptions) => Application
> = {
  'Apollo Client': (session, uri, fetch) => {
    const client = new ApolloClient({
      link: createSessionLink(session).concat(new HttpLink({ uri, fetch })),
      cache: new InMemoryCache({ possibleTypes }),
      queryDeduplication: false,
    })
    const options = { fetchPolicy: 'network-only', errorPolicy: 'all' } as const
    return {
      query: <T, V extends OperationVariables>(query: TypedDocumentNode<T, V>, variables: V) =>
        client.query({ query, variables, ...options } as never) as Promise<Answer<T>>,
      mutate: <T, V extends OperationVariables>(mutation: TypedDocumentNode<T, V>, variables: V) =>
        client.mutate({ mutation, variables, ...options } as never) as Promise<Answer<T>>,
    }
  },
  urql: (session, url, fetch, { preferGetMethod = 'within-url-limit' } = {}) => {
    const exchanges = [sessionExchange(session, { origins: [url] }), fetchExchange]
    const client = new Client({ url, fetch, exchanges, preferGetMethod })
    const answer = <T>({ data, error }: Answer<T>) => ({ data, error })
    return {
      query: async (document, variables) =>
        answer((await client.query(document, variables).toPromise()) as never),
      mutate: async (document, variables) =>
        answer((await client.mutation(document, variables).toPromise()) as never),
    }
  },
}

interface SentOperation {
  readonly method: string
  readonly operation: string
  readonly authorization: string | null
}

/** A fetch that records requests, and fails while `isDown` is true. */
export function createNetwork() {
  const sent: SentOperation[] = []
  const network = {
    sent,
    isDown: false,
    countSent: (operation: string) => sent.filter((one) => one.operation === operation).length,
    fetch: (async (input, init = {}) => {
      const url = new URL(input instanceof Request ? input.url : input)
      const { query, operationName } = JSON.parse(
        typeof init.body === 'string' ? init.body : '{}',
      ) as { query?: string; operationName?: string }
      const name = operationName ?? url.searchParams.get('operationName')
      const operation = name ?? /(?:query|mutation) (\w+)/.exec(query ?? '')?.[1] ?? ''
      const authorization = new Headers(init.headers).get('authorization')
      sent.push({ method: init.method ?? 'GET', operation, authorization })
      if (network.isDown) throw new TypeError('fetch failed')
      return fetch(input, init)
    }) as Fetch,
  }
  return network
}

/** A session on a network of its own, with the clock of the app. */
export function createSessionFixture(
  server: Server & { clock: TestClock },
  options: Partial<SessionOptions> = {},
) {
  const network = createNetwork()
  const url = `${server.url}/graphql`
  const now = () => server.clock.now().getTime()
  const session = createSession({ url, fetch: network.fetch, now, ...options })
  const events: string[] = []
  session.subscribe(() => {
    const state = session.state()
    events.push('reason' in state ? `${state.status}: ${state.reason ?? ''}` : state.status)
  })
  return {
    session,
    network,
    events,
    url,
    /** Registers and signs in a new user. */
    register: async () => {
      const person = await registerPerson(server)
      await session.signIn({ ...person, expiresIn: 600 })
      return person
    },
    /** Another session of the same person. */
    signInAgain: async (person: { email: string; password: string }) =>
      session.signIn({ ...(await signIn(server, person)), expiresIn: 600 }),
  }
}
