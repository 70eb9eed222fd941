import type { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { TryAgainLater } from '../errors.js'
import type { FieldMiddleware } from './field-middleware.js'
import type { RequestContext } from './context.js'
import { tryAgainLater } from './errors.js'
import { codeOf } from './format-error.js'
import type { OperationListener } from './combine-plugins.js'

const maxNameLength = 100
const maxOutcomes = 20

/** Adds the outcome of each root field to the request log: `login INVALID_CREDENTIALS`, `me User`. */
export const recordOutcomes: FieldMiddleware = async (field, next) => {
  const result = await convertTryAgainLater(field, next)
  record(field.context, field.info.fieldName, outcomeOf(result))
  return result
}

/** Converts TryAgainLater to a GraphQL error with its code. */
export const convertTryAgainLater: FieldMiddleware = async (_field, next) => {
  try {
    return await next()
  } catch (error) {
    if (error instanceof TryAgainLater) throw tryAgainLater(error)
    throw error
  }
}

/** The previous mutation may have ended the session. */
export const resetViewer: FieldMiddleware = ({ context }, next) => {
  context.resetViewer()
  return next()
}

function record({ operation }: RequestContext, field: string, outcome: string) {
  if (operation.outcomes.length < maxOutcomes) operation.outcomes.push(`${field} ${outcome}`)
}

function outcomeOf(result: unknown): string {
  if (typeof result === 'string') return 'String' // of any length
  if (typeof result !== 'object' || result === null) return String(result)
  return 'code' in result && typeof result.code === 'string' ? result.code : result.constructor.name
}

/** Records the name and the errors of an operation. Every internal error gets its request id. */
export function observeOperations(log: Logger): OperationListener {
  /** Logs the details that clients do not get. */
  function record({ operation, request }: RequestContext, error: GraphQLError) {
    const code = codeOf(error)
    if (operation.errors.length < maxOutcomes) operation.errors.push(code)
    if (code !== 'INTERNAL_SERVER_ERROR') return
    const err = error.originalError ?? error
    log.error({ err, requestId: request.id, operation: operation.name }, 'failed')
  }

  return {
    didResolveOperation({ contextValue, operationName: name }) {
      contextValue.operation.name = name?.slice(0, maxNameLength) ?? null
      return Promise.resolve()
    },
    didEncounterErrors({ contextValue, errors }) {
      for (const error of errors) record(contextValue, error)
      return Promise.resolve()
    },
    willSendResponse({ contextValue, response }) {
      if (response.body.kind !== 'single') return Promise.resolve()
      for (const error of response.body.singleResult.errors ?? []) {
        if (error.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR') continue
        Object.assign(error.extensions ?? {}, { requestId: contextValue.request.id })
      }
      return Promise.resolve()
    },
  }
}
