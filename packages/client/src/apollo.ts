import { ServerError } from '@apollo/client/errors'
import { ApolloLink } from '@apollo/client/link'
import { catchError, concatMap, from, map, of, switchMap, throwError } from 'rxjs'
import generated from './generated/possible-types.js'
import { createOriginCheck, type TokenOrigins } from './origins.js'
import { findRefusal, type Answer } from './token-refusal.js'
import type { Session } from './session.types.js'

/**
 * For `new InMemoryCache({ possibleTypes })`: the members of the unions in the schema. Without them, Apollo Client
 * warns about possible loss of union fields.
 */
export const { possibleTypes } = generated

/**
 * The session link for Apollo Client 4. Put it before the HttpLink. It sends the access token, and retries an
 * operation once after the service refused the token. It passes the results of subscriptions through. The token goes
 * to the URL of the HttpLink. An operation with another `uri` in its context gets the token only for the session's
 * origin and `origins`.
 */
export function createSessionLink(session: Session, origins: TokenOrigins = {}) {
  const isAllowedOrigin = createOriginCheck(session, origins)

  return new ApolloLink((operation, forward) => {
    const { uri } = operation.getContext() as { uri?: unknown }
    if (uri && !isAllowedOrigin(uri)) return forward(operation)
    const type: string = operation.operationType

    function send(token: string | null) {
      operation.setContext(({ headers }) => ({
        headers: { ...(headers as object), ...(token && { authorization: `Bearer ${token}` }) },
      }))
      return forward(operation)
    }

    const sendOnce = (token: string | null) =>
      send(token).pipe(
        map((result) => ({ token, answer: result as Answer, outcome: of(result) })),
        catchError((error: unknown) => {
          const outcome = throwError(() => error)
          return of({ token, answer: toAnswer(error), outcome })
        }),
      )

    const firstToken = from(session.accessToken())
    if (type === 'subscription') return firstToken.pipe(switchMap(send))
    return firstToken.pipe(
      switchMap(sendOnce),
      concatMap(({ token, answer, outcome }) => {
        const refusal = findRefusal(answer, type === 'mutation')
        if (!refusal) return outcome
        const nextToken = from(session.recover(token, refusal.reason))
        return nextToken.pipe(switchMap((next) => (next === null ? outcome : send(next))))
      }),
    )
  })
}

/** For an error status, Apollo Client provides the body as text. */
function toAnswer(error: unknown): Answer {
  if (!ServerError.is(error)) return {}
  const { statusCode: status, bodyText } = error
  try {
    return { ...(JSON.parse(bodyText) as Answer), status }
  } catch {
    return { status }
  }
}
