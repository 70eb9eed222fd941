import { OperationTypeNode } from 'graphql'
import { inTime, untilWriting } from '../deadline.js'
import { ServiceBusy } from '../errors.js'
import type { StartTimer } from '../timer.js'
import type { AroundField } from './around-fields.js'

/** Milliseconds that a query may take, from the arrival of its request. */
const queryMs = 2_000

/**
 * Around fields of queries: what takes longer is answered with SERVICE_BUSY, and what has not begun by then does not
 * begin. Below mutations it does nothing: their results are waited for.
 */
export const limitQueries =
  (startTimer: StartTimer): AroundField =>
  async ({ info, context }, next) => {
    if (info.operation.operation !== OperationTypeNode.QUERY) return next()
    const ms = queryMs - (performance.now() - context.startedAt)
    if (ms <= 0) throw new ServiceBusy(1)
    return inTime({ ms, startTimer }, next)
  }

/** Around mutations: what has not started to write by its deadline is answered with SERVICE_BUSY, and writes nothing. */
export const limitMutations =
  (deadlineOf: (mutation: string) => number, startTimer: StartTimer): AroundField =>
  ({ info }, next) =>
    untilWriting({ ms: deadlineOf(info.fieldName), startTimer }, next)
