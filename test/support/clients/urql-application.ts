import { Client, fetchExchange } from '@urql/core'
import { authExchange } from '@urql/exchange-auth'
import { MeDocument, RefreshDocument, RegisterDocument } from '@latchkey/client/operations'
import { goodPassword, newEmail, getAuthPayload, type Server } from '../app/client.js'

interface Tokens {
  accessToken: string
  refreshToken?: string | null
}

/** urql as an application creates it. `refreshesOnExpiry`: it recovers from an expired token. */
export function createUrqlApplication(
  server: Server,
  { refreshesOnExpiry }: { refreshesOnExpiry: boolean },
) {
  const sent: { method: string; operation: string; authorization: string | null }[] = []
  let tokens: Tokens | null = null
  let signOutCount = 0

  const client = new Client({
    url: `${server.url}/graphql`,
    fetch: (input, options) => {
      const url = new URL(input instanceof Request ? input.url : input)
      const body = typeof options?.body === 'string' ? options.body : '{}'
      const { operationName } = JSON.parse(body) as { operationName?: string }
      const operation = operationName ?? url.searchParams.get('operationName') ?? ''
      const authorization = new Headers(options?.headers).get('authorization')
      sent.push({ method: options?.method ?? '', operation, authorization })
      return fetch(input, options)
    },
    exchanges: [
      authExchange(async (utils) => ({
        addAuthToOperation: (operation) =>
          tokens
            ? utils.appendHeaders(operation, { Authorization: `Bearer ${tokens.accessToken}` })
            : operation,
        didAuthError: ({ graphQLErrors }) =>
          refreshesOnExpiry &&
          tokens !== null &&
          graphQLErrors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED'),
        async refreshAuth() {
          const input = { refreshToken: tokens?.refreshToken ?? null }
          const { data } = await utils.mutate(RefreshDocument, { input })
          tokens = data?.refresh?.__typename === 'AuthPayload' ? data.refresh : null
          if (!tokens) signOutCount += 1
        },
      })),
      fetchExchange,
    ],
  })
  return {
    client,
    sent,
    signOutCount: () => signOutCount,
    me: () => client.query(MeDocument, {}).toPromise(),
    register: async () => {
      const input = { email: newEmail(), password: goodPassword }
      const { data } = await client.mutation(RegisterDocument, { input }).toPromise()
      const payload = getAuthPayload(data?.register)
      tokens = payload
      return payload.user
    },
  }
}
