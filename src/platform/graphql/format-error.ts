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
  formatted: GraphQLFormattedError,
  error: unknown,
): GraphQLFormattedError {
  const code = codeOf(formatted)
  if (!speakable.has(code)) {
    const { locations, path } = formatted
    const extensions = { code: 'INTERNAL_SERVER_ERROR' }
    return { message: generic, ...(locations && { locations }), ...(path && { path }), extensions }
  }
  return { ...formatted, message: withoutValues(formatted.message, code, error) }
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

/** The code of an error; one that nobody gave a code is a bug. */
export const codeOf = ({ extensions }: Pick<GraphQLFormattedError, 'extensions'>) =>
  typeof extensions?.['code'] === 'string' ? extensions['code'] : 'INTERNAL_SERVER_ERROR'

export const isInternal = (error: GraphQLFormattedError) =>
  codeOf(error) === 'INTERNAL_SERVER_ERROR'
