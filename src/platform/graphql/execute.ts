import { HeaderMap, type ApolloServerPlugin, type GraphQLResponse } from '@apollo/server'
import {
  getVariableValues,
  GraphQLError,
  BREAK,
  Kind,
  visit,
  type ASTNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type NamedTypeNode,
  type OperationDefinitionNode,
} from 'graphql'
import { compileQuery, isCompiledQuery } from 'graphql-jit'
import { LRUCache } from 'lru-cache'
import type { RequestContext } from './context.js'
import { formatError } from './format-error.js'
import type { NoteErrors } from './observe-operations.js'
import { GraphQLJSON } from './scalars.js'
import { listen } from './listen.js'

/** Null: the variables are not what was declared, which is for the ordinary executor to say. */
type Run = (
  context: RequestContext,
  variables: Record<string, unknown>,
) => Promise<ExecutionResult> | null

interface Known {
  /** How often it was executed before it was compiled. */
  times: number
  /** Null: it cannot be. */
  compiled?: Run | null
}

export interface CompiledExecutionOptions {
  readonly schema: GraphQLSchema
  /** How often a document is interpreted first. What comes once is not worth compiling. */
  readonly after: number
  readonly noteErrors: NoteErrors
}

// Characters. Compiling writes fragments out: larger documents are left to the ordinary executor.
const longestCompiled = 4_000
// A flood of documents pushes out those that were asked for least recently.
const mostKnown = 1_000

/**
 * Executes documents that come again as compiled functions. The rest of Apollo Server's pipeline is as ever, but for
 * what this hook leaves out: telling of errors and formatting them.
 * (Its place for a gateway's executor would leave out nothing; but the context that it makes for that has accessors,
 * by which V8 keeps each request until the next full collection: a quarter of all time went there.)
 * What it bought: a quarter of the time that the server takes for `me`.
 */
export function compiledExecution(
  options: CompiledExecutionOptions,
): ApolloServerPlugin<RequestContext> {
  const { schema, after, noteErrors } = options
  const known = new LRUCache<OperationDefinitionNode, Known>({ max: mostKnown })

  function compiledFormOf(document: DocumentNode, operation: OperationDefinitionNode) {
    const entry = known.get(operation) ?? { times: 0 }
    if (entry.compiled === undefined) {
      known.set(operation, entry)
      entry.times += 1
      if (entry.times <= after) return null
      entry.compiled = compile(schema, document, operation)
    }
    return entry.compiled
  }

  return listen({
    async responseForOperation({ document, operation, contextValue, request }) {
      // Declared as always there; not for a name that the document has not.
      const asked = operation as typeof operation | undefined
      const run = asked && compiledFormOf(document, asked)
      const result = await run?.(contextValue, request.variables ?? {})
      if (!result) return null
      if (result.errors) noteErrors(contextValue, result.errors)
      return toResponse(result)
    },
  })
}

/** What Apollo Server makes of an execution's result. */
function toResponse({ data = null, errors }: ExecutionResult): GraphQLResponse {
  const status = errors?.map(statusOf).findLast((one) => one !== undefined)
  const singleResult = { data, ...(errors && { errors: errors.map(toFormatted) }) }
  return {
    http: { headers: new HeaderMap(), ...(status !== undefined && { status }) },
    body: { kind: 'single', singleResult },
  }
}

const statusOf = ({ extensions }: GraphQLError) =>
  (extensions['http'] as { readonly status?: number } | undefined)?.status

function toFormatted(error: GraphQLError) {
  const extensions = { ...error.extensions }
  delete extensions['http']
  return formatError({ ...error.toJSON(), extensions }, error)
}

/** A compiled operation, or null: it is one for the ordinary executor. */
function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Run | null {
  const text = document.loc?.source.body
  // An alias of that name is a property like any other for graphql-js, and the prototype for a compiled function.
  if (text === undefined || text.length > longestCompiled || text.includes('__proto__')) return null
  if (hasVariablesWithin(document)) return null
  const { variableDefinitions = [] } = operation
  const readied = {
    ...operation,
    variableDefinitions: variableDefinitions.map(({ kind, variable }) => ({
      kind,
      variable,
      type: anything,
    })),
  }
  const definitions = document.definitions.map((one) => (one === operation ? readied : one))
  const compiled = compileQuery(schema, { ...document, definitions }, operation.name?.value)
  if (!isCompiledQuery(compiled)) return null
  const { query } = compiled

  return (context, variables) => {
    // By graphql-js itself, whose reading of defaults and words for what is wrong are the standard's.
    const { coerced } = getVariableValues(schema, variableDefinitions, variables)
    return coerced ? execute(context, coerced) : null
  }

  async function execute(context: RequestContext, variables: Record<string, unknown>) {
    const result = await query(undefined, context, variables)
    return result.errors ? { ...result, errors: result.errors.map(complete) } : result
  }
}

/** In literals of lists and objects compiled functions read variables otherwise than the standard has it. */
function hasVariablesWithin(document: DocumentNode) {
  let found = false
  const look = (value: ASTNode) =>
    void visit(value, {
      [Kind.VARIABLE]: () => {
        found = true
        return BREAK
      },
    })
  visit(document, { [Kind.LIST]: look, [Kind.OBJECT]: look })
  return found
}

// What was coerced before is not coerced again.
const anything: NamedTypeNode = {
  kind: Kind.NAMED_TYPE,
  name: { kind: Kind.NAME, value: GraphQLJSON.name },
}

/** The errors of compiled functions lack what graphql-js gives to every one of its own. */
function complete({ message, path, locations, originalError, extensions }: GraphQLError) {
  const error = new GraphQLError(message, { path, originalError, extensions })
  // Computed from nodes, which are not at hand.
  if (locations) Object.defineProperty(error, 'locations', { value: locations, enumerable: true })
  return error
}
