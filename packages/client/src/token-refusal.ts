/** The part of a GraphQL response that tells whether the service refused the access token. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined
  /** Can be any value if the service is not GraphQL. */
  readonly errors?: unknown
  /** The HTTP status. */
  readonly status?: number | undefined
}

interface GraphQLError {
  readonly path?: readonly (string | number)[] | undefined
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined
}

/** The reason for the refusal: `reason` of the error's extensions. Null when the service gave none. */
export interface TokenRefusal {
  readonly reason: string | null
}

/**
 * Whether the service refused the token and the client can retry the operation. Queries are always safe to retry. A
 * mutation is safe only if none of its fields ran: no field ran at all, or each root field was refused itself. A root
 * field that is null because of a refusal below it, or without an error, did run.
 */
export function findRefusal({ data, status, ...answer }: Answer, isMutation: boolean) {
  const errors = listErrors(answer.errors)
  const hasNothingRun = !data && errors.every(({ path = [] }) => path.length === 0)
  const first = errors.find(findRefusalExtensions)
  // Gateways that verify tokens themselves answer with 401. Cosmo Router answers with 403 and a GraphQL error.
  const isRefusedByStatus = status === 401 || (status === 403 && errors.length > 0)
  if (!first) return hasNothingRun && isRefusedByStatus ? toRefusal(null) : null
  if (isMutation && !hasNothingRun && !areAllFieldsRefused(data, errors)) return null
  return toRefusal(findRefusalExtensions(first)?.['reason'])
}

const listErrors = (errors: unknown) =>
  Array.isArray(errors) ? (errors as (GraphQLError | null)[]).filter((error) => error !== null) : []

const toRefusal = (reason: unknown): TokenRefusal => ({
  reason: typeof reason === 'string' ? reason : null,
})

const areAllFieldsRefused = (data: Answer['data'], errors: readonly GraphQLError[]) =>
  !!data &&
  Object.entries(data).every(
    ([name, value]) =>
      value === null &&
      errors.some(
        (error) =>
          error.path?.length === 1 && error.path[0] === name && findRefusalExtensions(error),
      ),
  )

/** Cosmo Router wraps the errors of a service in its own error. */
function findRefusalExtensions({ extensions }: GraphQLError) {
  const inner = listErrors(extensions?.['errors']).map((error) => error.extensions)
  return [extensions, ...inner].find((one) => one?.['code'] === 'UNAUTHENTICATED')
}
