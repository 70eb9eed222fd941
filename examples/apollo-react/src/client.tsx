import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client'
import { ApolloProvider } from '@apollo/client/react'
import { createSessionLink, possibleTypes } from '@latchkey/client/apollo'
import { useState, type PropsWithChildren } from 'react'
import { session, url } from './session'

// `include`: register and login set the cookie, although Latchkey is another origin.
const createClient = () =>
  new ApolloClient({
    link: createSessionLink(session).concat(new HttpLink({ uri: url, credentials: 'include' })),
    cache: new InMemoryCache({ possibleTypes }),
  })

/** A client with its own cache. Give it a key, so that the next user does not see cached data of the last one. */
export function Client({ children }: PropsWithChildren) {
  const [client] = useState(createClient)
  return <ApolloProvider client={client}>{children}</ApolloProvider>
}
