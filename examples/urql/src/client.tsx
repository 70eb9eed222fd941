import { sessionExchange } from '@latchkey/client/urql'
import { useState, type PropsWithChildren } from 'react'
import { cacheExchange, Client as Urql, fetchExchange, Provider, type OperationResult } from 'urql'
import { session, url } from './session'

const createClient = () =>
  new Urql({ url, exchanges: [cacheExchange, sessionExchange(session), fetchExchange] })

/** A client with a cache of its own. Give it a key: whoever comes next must not see what somebody else has seen. */
export function Client({ children }: PropsWithChildren) {
  const [client] = useState(createClient)
  return <Provider value={client}>{children}</Provider>
}

/** What a mutation gave. urql returns errors: thrown, they end what a form does. */
export function dataOf<T>({ data, error }: Pick<OperationResult<T>, 'data' | 'error'>) {
  if (error) throw error
  return data
}
