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

/** A client with a cache of its own. Give it a key: whoever comes next must not see what somebody else has seen. */
export function Client({ children }: PropsWithChildren) {
  const [client] = useState(createClient)
  return <ApolloProvider client={client}>{children}</ApolloProvider>
}
