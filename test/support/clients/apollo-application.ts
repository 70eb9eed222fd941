import {
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  HttpLink,
  InMemoryCache,
  Observable,
} from '@apollo/client'
import { SetContextLink } from '@apollo/client/link/context'
import { ErrorLink } from '@apollo/client/link/error'
import { possibleTypes } from '@latchkey/client/apollo'
import { MeDocument, RefreshDocument, RegisterDocument } from '@latchkey/client/operations'
import { goodPassword, newEmail, getAuthPayload, type Server } from '../app/client.js'

interface SentOperation {
  readonly operation: string
  readonly authorization: string | null
}

interface Tokens {
  accessToken: string
  refreshToken?: string | null
}

/** Apollo Client as an application creates it. `refreshesOnExpiry`: with a link that replaces expired tokens. */
export function createApolloApplication(
  server: Server,
  { refreshesOnExpiry }: { refreshesOnExpiry: boolean },
) {
  const sent: SentOperation[] = []
  let tokens: Tokens | null = null

  const httpLink = new HttpLink({
    uri: `${server.url}/graphql`,
    fetch: (uri, options) => {
      const { operationName } = JSON.parse(options?.body as string) as { operationName: string }
      const authorization = new Headers(options?.headers).get('authorization')
      sent.push({ operation: operationName, authorization })
      return fetch(uri, options)
    },
  })
  const authorizationLink = new SetContextLink(({ headers }) => ({
    headers: {
      ...(headers as Record<string, string>),
      authorization: tokens ? `Bearer ${tokens.accessToken}` : '',
    },
  }))
  const refreshLink = new ErrorLink(({ error, operation, forward }) => {
    const expired =
      CombinedGraphQLErrors.is(error) &&
      error.errors.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED')
    if (!expired || !refreshesOnExpiry || !tokens) return
    return new Observable((observer) => {
      refresh().then(
        () => forward(operation).subscribe(observer),
        (reason: unknown) => {
          observer.error(reason)
        },
      )
    })
  })
  const client = new ApolloClient({
    link: ApolloLink.from([refreshLink, authorizationLink, httpLink]),
    cache: new InMemoryCache({ possibleTypes }),
    queryDeduplication: false,
    defaultOptions: { query: { fetchPolicy: 'network-only' } },
  })

  async function refresh() {
    const input = { refreshToken: tokens?.refreshToken ?? null }
    const { data } = await client.mutate({ mutation: RefreshDocument, variables: { input } })
    tokens = data?.refresh?.__typename === 'AuthPayload' ? data.refresh : null
  }

  return {
    client,
    sent,
    register: async () => {
      const input = { email: newEmail(), password: goodPassword }
      const { data } = await client.mutate({ mutation: RegisterDocument, variables: { input } })
      const payload = getAuthPayload(data?.register)
      tokens = payload
      return payload.user
    },
    isSignedIn: () => tokens !== null,
    me: () => client.query({ query: MeDocument }),
  }
}
