import { OperationTypeNode, type GraphQLResolveInfo } from 'graphql'
import { inTime, untilWriting } from '../deadline.js'
import { ServiceBusy } from '../errors.js'
import type { Timer } from '../timer.js'
import type { AroundField } from './around-fields.js'
import type { RequestContext } from './context.js'

/** Milliseconds that a query may take. */
const queryMs = 2_000

/**
 * Around fields of queries: what takes longer is answered with SERVICE_BUSY, and what has not begun by then does not
 * begin. Below mutations it does nothing: their results are waited for.
 */
export function limitQueries(timer: Timer): AroundField {
  /** When the first field of a request began. */
  const beginnings = new WeakMap<RequestContext, number>()

  return async ({ info, context }, next) => {
    if (info.operation.operation !== OperationTypeNode.QUERY) return next()
    const now = timer.now()
    const begun = beginnings.get(context) ?? now
    beginnings.set(context, begun)
    const ms = queryMs - (now - begun)
    if (ms <= 0) throw new ServiceBusy(1)
    return inTime({ ms, timer }, next)
  }
}

/** Around mutations: what has not started to write by its deadline is answered with SERVICE_BUSY, and writes nothing. */
export const limitMutations =
  (deadlineMsOf: (mutation: GraphQLResolveInfo) => number, timer: Timer): AroundField =>
  ({ info }, next) =>
    untilWriting({ ms: deadlineMsOf(info), timer }, next)
