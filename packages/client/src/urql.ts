import { makeOperation, type Exchange, type Operation, type OperationResult } from '@urql/core'
import {
  empty,
  filter,
  fromPromise,
  fromValue,
  makeSubject,
  map,
  merge,
  mergeMap,
  pipe,
  share,
  takeUntil,
  type Source,
} from 'wonka'
import { createOriginCheck, type TokenOrigins } from './origins.js'
import { findRefusal, type Answer } from './token-refusal.js'
import type { Session } from './session.types.js'

/**
 * The session exchange for urql. Put it before the fetchExchange. It sends the access token, and retries an operation
 * once after the service refused the token. It passes the results of subscriptions through. The token goes to the
 * session's origin and to `origins`; operations to other origins pass unchanged.
 */
export function sessionExchange(session: Session, origins: TokenOrigins = {}): Exchange {
  const isAllowedOrigin = createOriginCheck(session, origins)

  return ({ forward }) =>
    (source) => {
      const operations = share(source)
      const retries = makeSubject<Operation>()

      /** A pending result whose subscriber may unsubscribe. */
      function untilTeardown<T>({ key }: Operation, promise: Promise<T>): Source<T> {
        const isTeardown = (one: Operation) => one.kind === 'teardown' && one.key === key
        return pipe(fromPromise(promise), takeUntil(pipe(operations, filter(isTeardown))))
      }

      const authorized = mergeMap((operation: Operation) =>
        operation.kind === 'teardown' || !isAllowedOrigin(operation.context.url)
          ? fromValue(operation)
          : pipe(
              untilTeardown(operation, session.accessToken()),
              map((token) => withToken(operation, { token, isRetry: false })),
            ),
      )

      const answered = mergeMap((result: OperationResult) => {
        const { operation } = result
        const attempt = attemptOf(operation)
        if (!attempt || attempt.isRetry || operation.kind === 'subscription')
          return fromValue(result)
        const { token } = attempt
        const refusal = refusalIn(result)
        if (!refusal) return fromValue(result)
        return pipe(
          untilTeardown(operation, session.recover(token, refusal.reason)),
          mergeMap((next): Source<OperationResult> => {
            if (next === null) return fromValue(result)
            retries.next(withToken(operation, { token: next, isRetry: true }))
            return empty as Source<OperationResult>
          }),
        )
      })

      return answered(forward(merge([authorized(operations), retries.source])))
    }
}

interface Attempt {
  readonly token: string | null
  readonly isRetry: boolean
}

/** The key of the attempt in the context of an operation. */
const contextKey = 'latchkey'

const attemptOf = (operation: Operation) => operation.context[contextKey] as Attempt | undefined

function withToken(operation: Operation, attempt: Attempt): Operation {
  const { fetchOptions } = operation.context
  const options = typeof fetchOptions === 'function' ? fetchOptions() : fetchOptions
  const headers = new Headers(options?.headers)
  if (attempt.token !== null) headers.set('authorization', `Bearer ${attempt.token}`)
  return makeOperation(operation.kind, operation, {
    ...operation.context,
    fetchOptions: { ...options, headers: Object.fromEntries(headers) },
    [contextKey]: attempt,
  })
}

function refusalIn({ operation, data, error }: OperationResult) {
  if (!error) return null
  const { status } = (error.response ?? {}) as { status?: number }
  const answer = { data: data as Answer['data'], errors: error.graphQLErrors, status }
  return findRefusal(answer, operation.kind === 'mutation')
}
