import { HeaderMap, type GraphQLResponse, type HTTPGraphQLHead } from '@apollo/server'
import {
  execute,
  GraphQLError,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql'
import type { RequestContext } from './context.js'
import { formatError } from './format-error.js'
import type { OperationListener } from './combine-plugins.js'

type ResponseContext = Parameters<NonNullable<OperationListener['responseForOperation']>>[0]
type ErrorContext = Parameters<NonNullable<OperationListener['didEncounterErrors']>>[0]

/** `failureStatus`: the HTTP status of a result without data, unless an error has its own. */
interface Outcome extends ExecutionResult {
  readonly failureStatus?: 400 | 500
}

/**
 * Runs every operation with graphql-js, from the hook for responses. Apollo Server's executor copies the whole context of
 * each request first, which cost a third of `me`. The hook skips what Apollo Server makes of a result: that is done here.
 * Nothing is compiled: text of a client must never become code (CWE-94).
 */
export function executeOperations(
  schema: GraphQLSchema,
  listeners: readonly OperationListener[],
): OperationListener {
  async function notifyListeners(context: ResponseContext, errors: readonly GraphQLError[]) {
    const errorContext = Object.assign(context, { errors }) as ErrorContext
    for (const listener of listeners) await listener.didEncounterErrors?.(errorContext)
  }

  return {
    async responseForOperation(context) {
      const { document, request, contextValue } = context
      // Declared as always there; Apollo Server refuses a name that the document has not.
      const operation = context.operation as typeof context.operation | undefined
      if (!operation) return null
      const { operationName, variables: variableValues } = request
      const executionArgs = { schema, document, contextValue, operationName, variableValues }
      const outcome = await run(executionArgs)
      if (outcome.errors) await notifyListeners(context, outcome.errors)
      return toResponse(outcome)
    },
  }
}

async function run(
  executionArgs: ExecutionArgs & { contextValue: RequestContext },
): Promise<Outcome> {
  try {
    const result = await execute(executionArgs)
    // Without data nothing was executed: the variables do not fit.
    return 'data' in result
      ? result
      : { errors: (result.errors ?? []).map(toInputError), failureStatus: 400 }
  } catch (error) {
    const originalError = error instanceof Error ? error : new Error(String(error))
    const graphqlError = error instanceof GraphQLError ? error : null
    return {
      errors: [graphqlError ?? new GraphQLError(originalError.message, { originalError })],
      failureStatus: 500,
    }
  }
}

function toInputError(error: GraphQLError) {
  const { message, nodes = [], originalError = error } = error
  return new GraphQLError(message, { nodes, originalError, extensions: { code: 'BAD_USER_INPUT' } })
}

function toResponse({ data, errors, failureStatus }: Outcome): GraphQLResponse {
  const http = headOf(errors ?? [], failureStatus)
  const singleResult = {
    ...(failureStatus === undefined && { data: data ?? null }),
    ...(errors && { errors: errors.map(toFormatted) }),
  }
  return { http, body: { kind: 'single', singleResult } }
}

/** Status and headers that errors ask for; of several those of the last. */
function headOf(
  errors: readonly GraphQLError[],
  failureStatus: number | undefined,
): HTTPGraphQLHead {
  const headers = new HeaderMap()
  let status = failureStatus
  for (const { extensions } of errors) {
    const http = extensions['http'] as unknown as Partial<HTTPGraphQLHead> | undefined
    status = http?.status ?? status
    for (const [name, value] of http?.headers ?? []) headers.set(name, value)
  }
  return { headers, ...(status !== undefined && { status }) }
}

function toFormatted(error: GraphQLError) {
  const extensions = { ...error.extensions }
  delete extensions['http']
  return formatError({ ...error.toJSON(), extensions }, error)
}
