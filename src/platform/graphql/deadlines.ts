import { OperationTypeNode, type GraphQLResolveInfo } from 'graphql'
import { withDeadline, withWriteDeadline } from '../deadline.js'
import { ServiceBusy } from '../errors.js'
import type { Timer } from '../timer.js'
import type { FieldMiddleware } from './field-middleware.js'
import type { RequestContext } from './context.js'

/** Milliseconds that a query may take. */
const queryTimeoutMs = 2_000

/**
 * Around fields of queries: what takes longer is answered with SERVICE_BUSY, and what has not begun by then does not
 * begin. Below mutations it does nothing: their results are waited for.
 */
export function limitQueryTime(timer: Timer): FieldMiddleware {
  /** When the first field of a request began. */
  const startTimes = new WeakMap<RequestContext, number>()

  return async ({ info, context }, next) => {
    if (info.operation.operation !== OperationTypeNode.QUERY) return next()
    const now = timer.now()
    const startedAt = startTimes.get(context) ?? now
    startTimes.set(context, startedAt)
    const timeoutMs = queryTimeoutMs - (now - startedAt)
    if (timeoutMs <= 0) throw new ServiceBusy(1)
    return withDeadline({ timeoutMs, timer }, next)
  }
}

/** Around mutations: what has not started to write by its deadline is answered with SERVICE_BUSY, and writes nothing. */
export const limitMutationTime =
  (deadlineMsOf: (mutation: GraphQLResolveInfo) => number, timer: Timer): FieldMiddleware =>
  ({ info }, next) =>
    withWriteDeadline({ timeoutMs: deadlineMsOf(info), timer }, next)
