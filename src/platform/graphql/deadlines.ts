import { OperationTypeNode, type GraphQLResolveInfo } from 'graphql'
import { withDeadline, withWriteDeadline } from '../deadline.js'
import { ServiceBusy } from '../errors.js'
import type { Timer } from '../timer.js'
import type { FieldMiddleware } from './field-middleware.js'
import type { RequestContext } from './context.js'

/** Milliseconds that a query may take. */
const queryTimeoutMs = 2_000

/**
 * Wraps fields of queries. A field that takes longer than the timeout fails with SERVICE_BUSY, and a field that has
 * not started by then does not start. Does nothing below mutations: their results are awaited.
 */
export function limitQueryTime(timer: Timer): FieldMiddleware {
  /** When the first field of a request started. */
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

/**
 * Wraps mutations. A mutation that has not started to write by its deadline fails with SERVICE_BUSY and writes
 * nothing.
 */
export const limitMutationTime =
  (deadlineMsOf: (mutation: GraphQLResolveInfo) => number, timer: Timer): FieldMiddleware =>
  ({ info }, next) =>
    withWriteDeadline({ timeoutMs: deadlineMsOf(info), timer }, next)
