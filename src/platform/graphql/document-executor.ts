import type { FastifyReply, FastifyRequest } from 'fastify'
import { execute, getOperationAST, parse, validate, type GraphQLError } from 'graphql'
import type { GraphQLSchema, OperationDefinitionNode, DocumentNode } from 'graphql'
import type { Logger } from 'pino'
import { refuseMistypedVariables, refuseUnstorableText } from './check-variables.js'
import type { RequestContext } from './context.js'
import { codeOf } from './format-error.js'

export interface DocumentExecutorDeps {
  readonly schema: GraphQLSchema
  readonly contextFor: (request: FastifyRequest, reply: FastifyReply) => RequestContext
  readonly log: Logger
}

export interface OperationResult {
  readonly data: Readonly<Record<string, unknown>> | null
  readonly errors: readonly { readonly code: string; readonly retryAfter?: number }[]
}

/** `document` is a constant of the program with one operation; user input is in the variables. */
export type ExecuteDocument = (
  document: string,
  variables: Readonly<Record<string, unknown>>,
  request: FastifyRequest,
  reply: FastifyReply,
) => Promise<OperationResult>

interface PreparedOperation {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
}

/**
 * Executes our own operations for a request that did not arrive at /graphql, with the same limits and the same
 * outcomes in the request log. Only the checks of client documents are skipped.
 */
export function createDocumentExecutor({
  schema,
  contextFor,
  log,
}: DocumentExecutorDeps): ExecuteDocument {
  const cache = new Map<string, PreparedOperation>()

  function prepare(source: string): PreparedOperation {
    const cached = cache.get(source)
    if (cached) return cached
    const document = parse(source)
    const [problem] = validate(schema, document)
    if (problem) throw problem
    const operation = getOperationAST(document)
    if (!operation) throw new Error('a document that is executed here has one operation')
    const prepared = { document, operation }
    cache.set(source, prepared)
    return prepared
  }

  async function run(
    source: string,
    variableValues: Readonly<Record<string, unknown>>,
    contextValue: RequestContext,
  ) {
    const { document, operation } = prepare(source)
    contextValue.operation.name = operation.name?.value ?? null
    refuseUnstorableText(schema, { document, operation }, variableValues)
    refuseMistypedVariables(schema, operation, variableValues) // graphql-js would repeat the value in its message
    return execute({ schema, document, variableValues, contextValue })
  }

  function recordError(error: unknown, { request, operation }: RequestContext) {
    const code = codeOf(error)
    operation.errors.push(code)
    if (code === 'INTERNAL_SERVER_ERROR') {
      const err = (error as Partial<GraphQLError>).originalError ?? error
      log.error({ err, requestId: request.id, operation: operation.name }, 'failed')
    }
    const retryAfter = (error as Partial<GraphQLError>).extensions?.['retryAfter']
    return { code, ...(typeof retryAfter === 'number' && { retryAfter }) }
  }

  return async (source, variables, request, reply) => {
    const context = contextFor(request, reply)
    const { data, errors = [] } = await run(source, variables, context).catch((error: unknown) => ({
      data: null,
      errors: [error],
    }))
    return { data: data ?? null, errors: errors.map((error) => recordError(error, context)) }
  }
}
