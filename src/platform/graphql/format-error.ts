import {
  isValueNode,
  Kind,
  type ASTNode,
  type GraphQLError,
  type GraphQLFormattedError,
} from 'graphql'

/** Says no more than its author meant it to: written by us or by Apollo Server for clients. */
const publicCodes = new Set([
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
  'QUERY_NOT_IN_SAFELIST',
])

const genericMessage =
  'Something went wrong on our side. Give the request id to whoever runs the service.'

/**
 * What a client is told of an error: the message of a known code, without any value that the client
 * sent (graphql-js repeats rejected values, passwords included), and one generic sentence for the rest.
 */
export function formatError(
  { locations, path, message, extensions }: GraphQLFormattedError,
  error: unknown,
): GraphQLFormattedError {
  const code = codeOf(error)
  const location = {
    ...(locations && { locations: locations.slice(0, maxLocations) }),
    ...(path && { path }),
  }
  if (!publicCodes.has(code)) {
    return { message: genericMessage, ...location, extensions: { code: 'INTERNAL_SERVER_ERROR' } }
  }
  const safeMessage = redactValues(message, code, error)
  return { message: truncate(safeMessage), ...location, extensions: { ...extensions, code } }
}

// A name may be as long as a request, and stand in a message that repeats it.
const maxMessageLength = 300
const maxLocations = 5

const truncate = (message: string) =>
  message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}…` : message

/** The code of an error; one that nobody gave a code is a bug. */
export function codeOf(error: unknown): string {
  const { extensions, originalError } = error as Partial<GraphQLError>
  const code = extensions?.['code']
  // Apollo Server gives every error of validation its own code.
  if (code === 'GRAPHQL_VALIDATION_FAILED') return findCode(originalError) ?? code
  if (typeof code === 'string') return code
  if (isRefusedByApollo(extensions)) return 'BAD_REQUEST'
  return isArgumentRefusal(error) ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR'
}

function findCode(error: unknown): string | null {
  const { extensions } = (error ?? {}) as Partial<GraphQLError>
  return typeof extensions?.['code'] === 'string' ? extensions['code'] : null
}

/** A persisted query whose hash is not that of the document sent along: a status, but no code. */
const isRefusedByApollo = (extensions: Partial<GraphQLError>['extensions']) =>
  (extensions?.['http'] as { status?: number } | undefined)?.status === 400

/**
 * What only graphql-js's executor sees: a variable that is null, explicitly, where its default would have
 * done. It gives such errors no code, and prints the literal beside the variable.
 */
function isArgumentRefusal(error: unknown) {
  const { originalError = error } = error as Partial<GraphQLError>
  const { name, message = '' } = originalError as Partial<Error>
  return name === 'GraphQLError' && /^Argument "\w+" (?:of|has) /.test(message)
}

function redactValues(message: string, code: string, error: unknown) {
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
