import { ServerError } from '@apollo/client/errors'
import { ApolloLink } from '@apollo/client/link'
import { catchError, concatMap, from, map, of, switchMap, throwError } from 'rxjs'
import { refusedByStatus, refusedIn } from './refused.js'
import type { Session } from './session.types.js'

/**
 * The link of a session for Apollo Client 4, in front of the HttpLink: sends the access token, and sends an operation
 * again, once, whose token was refused. What comes of a subscription is left as it is.
 */
export const createSessionLink = (session: Session) =>
  new ApolloLink((operation, forward) => {
    const type: string = operation.operationType

    function send(token: string | null) {
      operation.setContext(({ headers }) => ({
        headers: { ...(headers as object), ...(token && { authorization: `Bearer ${token}` }) },
      }))
      return forward(operation)
    }

    const sendOnce = (token: string | null) =>
      send(token).pipe(
        map((result) => ({
          token,
          refused: refusedIn(result, type === 'mutation'),
          outcome: of(result),
        })),
        catchError((error: unknown) => {
          const status = ServerError.is(error) ? error.statusCode : undefined
          return of({ token, refused: refusedByStatus(status), outcome: throwError(() => error) })
        }),
      )

    const begun = from(session.accessToken())
    if (type === 'subscription') return begun.pipe(switchMap(send))
    return begun.pipe(
      switchMap(sendOnce),
      concatMap(({ token, refused, outcome }) => {
        if (!refused) return outcome
        const recovered = from(session.recover(token, refused.reason))
        return recovered.pipe(switchMap((next) => (next === null ? outcome : send(next))))
      }),
    )
  })
