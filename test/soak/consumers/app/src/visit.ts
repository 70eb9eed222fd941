import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client'
import {
  createSession,
  createSessionFetch,
  sessionSocket,
  type SessionState,
} from '@latchkey/client'
import { createSessionLink, possibleTypes } from '@latchkey/client/apollo'
import { LoginDocument, MeDocument, RegisterDocument } from '@latchkey/client/operations'
import { sessionExchange } from '@latchkey/client/urql'
import { Client, fetchExchange } from '@urql/core'

/** A new user registers, signs in and reads their account, with Apollo Client, urql and fetch. */
export async function visit(url: string) {
  const session = createSession({ url })
  const apollo = new ApolloClient({
    link: createSessionLink(session).concat(new HttpLink({ uri: url })),
    cache: new InMemoryCache({ possibleTypes }),
  })
  const urql = new Client({
    url,
    exchanges: [sessionExchange(session), fetchExchange],
    preferGetMethod: false,
  })
  const send = createSessionFetch(session)
  sessionSocket(session, { url: url.replace('http', 'ws') })

  const input = { email: `${crypto.randomUUID()}@example.com`, password: 'correct horse battery' }
  await apollo.mutate({ mutation: RegisterDocument, variables: { input } })
  const { data } = await apollo.mutate({ mutation: LoginDocument, variables: { input } })
  if (!(await session.signIn(data?.login))) throw new Error(JSON.stringify(data))

  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ query: '{ me { email } }' })
  const response = await send(url, { method: 'POST', headers, body })
  const answer = (await response.json()) as { data: { me: { email: string } } }
  const byApollo = await apollo.query({ query: MeDocument })
  const byUrql = await urql.query(MeDocument, {}).toPromise()
  const emails: (string | null | undefined)[] = [
    byApollo.data?.me?.email,
    byUrql.data?.me?.email,
    answer.data.me.email,
  ]
  const state: SessionState = session.state()
  return { input, emails, state, accessToken: await session.accessToken() }
}
