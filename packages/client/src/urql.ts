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
import { createMaySend, type TokenOrigins } from './origins.js'
import { refusedIn, type Answer } from './refused.js'
import type { Session } from './session.types.js'

/**
 * The exchange of a session for urql, in front of the fetchExchange: sends the access token, and sends an operation
 * again, once, whose token was refused. What comes of a subscription is left as it is. The token goes to the session's
 * origin and to those in `origins`; an operation to another one is left as it is.
 */
export function sessionExchange(session: Session, origins: TokenOrigins = {}): Exchange {
  const maySend = createMaySend(session, origins)

  return ({ forward }) =>
    (source) => {
      const operations = share(source)
      const again = makeSubject<Operation>()

      /** What somebody waits for who may stop waiting. */
      function whileWanted<T>({ key }: Operation, promise: Promise<T>): Source<T> {
        const isTeardown = (one: Operation) => one.kind === 'teardown' && one.key === key
        return pipe(fromPromise(promise), takeUntil(pipe(operations, filter(isTeardown))))
      }

      const authorized = mergeMap((operation: Operation) =>
        operation.kind === 'teardown' || !maySend(operation.context.url)
          ? fromValue(operation)
          : pipe(
              whileWanted(operation, session.accessToken()),
              map((token) => withToken(operation, { token, isRetry: false })),
            ),
      )

      const answered = mergeMap((result: OperationResult) => {
        const { operation } = result
        const attempt = attemptOf(operation)
        if (!attempt || attempt.isRetry || operation.kind === 'subscription')
          return fromValue(result)
        const { token } = attempt
        const refused = refusal(result)
        if (!refused) return fromValue(result)
        return pipe(
          whileWanted(operation, session.recover(token, refused.reason)),
          mergeMap((next): Source<OperationResult> => {
            if (next === null) return fromValue(result)
            again.next(withToken(operation, { token: next, isRetry: true }))
            return empty as Source<OperationResult>
          }),
        )
      })

      return answered(forward(merge([authorized(operations), again.source])))
    }
}

interface Attempt {
  readonly token: string | null
  readonly isRetry: boolean
}

/** Under which name the attempt stands in the context of an operation. */
const context = 'latchkey'

const attemptOf = (operation: Operation) => operation.context[context] as Attempt | undefined

function withToken(operation: Operation, attempt: Attempt): Operation {
  const { fetchOptions } = operation.context
  const options = typeof fetchOptions === 'function' ? fetchOptions() : fetchOptions
  const headers = new Headers(options?.headers)
  if (attempt.token !== null) headers.set('authorization', `Bearer ${attempt.token}`)
  return makeOperation(operation.kind, operation, {
    ...operation.context,
    fetchOptions: { ...options, headers: Object.fromEntries(headers) },
    [context]: attempt,
  })
}

function refusal({ operation, data, error }: OperationResult) {
  if (!error) return null
  const { status } = (error.response ?? {}) as { status?: number }
  const answer = { data: data as Answer['data'], errors: error.graphQLErrors, status }
  return refusedIn(answer, operation.kind === 'mutation')
}
