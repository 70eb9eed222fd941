import { sessionExchange } from '@latchkey/client/urql'
import { useState, type PropsWithChildren } from 'react'
import { cacheExchange, Client as Urql, fetchExchange, Provider, type OperationResult } from 'urql'
import { session, url } from './session'

const createClient = () =>
  new Urql({ url, exchanges: [cacheExchange, sessionExchange(session), fetchExchange] })

/** A client with its own cache. Give it a key, so that the next user does not see cached data of the last one. */
export function Client({ children }: PropsWithChildren) {
  const [client] = useState(createClient)
  return <Provider value={client}>{children}</Provider>
}

/** What a mutation gave. urql returns errors: thrown, they end what a form does. */
export function dataOf<T>({ data, error }: Pick<OperationResult<T>, 'data' | 'error'>) {
  if (error) throw error
  return data
}
