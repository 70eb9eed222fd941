import {
  isValueNode,
  Kind,
  type ASTNode,
  type GraphQLError,
  type GraphQLFormattedError,
} from 'graphql'

/** Codes whose messages were written for clients, by us or by Apollo Server. */
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
  'Something went wrong on our side. Give the request id to the operator of the service.'

/**
 * The error that a client sees. Known codes keep their message without any value that the client sent: graphql-js
 * repeats rejected values, passwords included. All other errors get one generic message.
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

// A name may be as long as a request, and a message may repeat it.
const maxMessageLength = 300
const maxLocations = 5

const truncate = (message: string) =>
  message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}…` : message

/** The code of an error. An error without a code is a bug. */
export function codeOf(error: unknown): string {
  const { extensions, originalError } = error as Partial<GraphQLError>
  const code = extensions?.['code']
  // Apollo Server gives every validation error its own code.
  if (code === 'GRAPHQL_VALIDATION_FAILED') return findCode(originalError) ?? code
  if (typeof code === 'string') return code
  if (isRefusedByApollo(extensions)) return 'BAD_REQUEST'
  return isArgumentRefusal(error) ? 'BAD_USER_INPUT' : 'INTERNAL_SERVER_ERROR'
}

function findCode(error: unknown): string | null {
  const { extensions } = (error ?? {}) as Partial<GraphQLError>
  return typeof extensions?.['code'] === 'string' ? extensions['code'] : null
}

/** A persisted query whose hash does not match the document: Apollo Server sets a status, but no code. */
const isRefusedByApollo = (extensions: Partial<GraphQLError>['extensions']) =>
  (extensions?.['http'] as { status?: number } | undefined)?.status === 400

/**
 * An error that only graphql-js's executor finds: a variable is explicitly null where a default would have applied.
 * Such errors have no code, and they print the literal next to the variable.
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
