import {
  isValueNode,
  Kind,
  type ASTNode,
  type GraphQLError,
  type GraphQLFormattedError,
} from 'graphql'

/** Says no more than its author meant it to: written by us or by Apollo Server for clients. */
const speakable = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'SERVICE_BUSY',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
])

const generic = 'Something went wrong on our side. Give the request id to whoever runs the service.'

/**
 * What a client is told of an error: the message of a known code, without any value that the client
 * sent (graphql-js repeats rejected values, passwords included), and one generic sentence for the rest.
 */
export function formatError(
  { locations, path, message, extensions }: GraphQLFormattedError,
  error: unknown,
): GraphQLFormattedError {
  const code = codeOf(error)
  const place = { ...(locations && { locations }), ...(path && { path }) }
  if (!speakable.has(code)) {
    return { message: generic, ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } }
  }
  const told = withoutValues(message, code, error)
  return { message: told, ...place, extensions: { ...extensions, code } }
}

/** The code of an error; one that nobody gave a code is a bug. */
export function codeOf(error: unknown): string {
  const { extensions } = error as Partial<GraphQLError>
  if (typeof extensions?.['code'] === 'string') return extensions['code']
  return isArgumentRefusal(error) ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR'
}

/**
 * What only graphql-js's executor sees: a variable that is null, explicitly, where its default would have
 * done. It gives such errors no code, and prints the literal beside the variable.
 */
function isArgumentRefusal(error: unknown) {
  const { originalError = error } = error as Partial<GraphQLError>
  const { name, message = '' } = originalError as Partial<Error>
  return name === 'GraphQLError' && /^Argument "\w+" (?:of|has) /.test(message)
}

function withoutValues(message: string, code: string, error: unknown) {
  if (code === 'GRAPHQL_PARSE_FAILED') return message.replace(/"(?:[^"\\]|\\.)*"/g, '"…"')
  if (code === 'GRAPHQL_VALIDATION_FAILED' && concernsValue(error)) {
    return 'A literal in the document does not fit its type.'
  }
  return message.replace(/ (got|has) invalid value[^]*/, ' does not fit its type.')
}

function concernsValue(error: unknown) {
  const nodes = (error as Partial<GraphQLError>).nodes ?? []
  return nodes.some((node: ASTNode) => isValueNode(node) && node.kind !== Kind.VARIABLE)
}
