/** The part of a GraphQL answer that tells whether the access token was refused. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined
  /** Of a service that is not GraphQL, anything. */
  readonly errors?: unknown
  /** Of HTTP. */
  readonly status?: number | undefined
}

interface GraphQLError {
  readonly path?: readonly (string | number)[] | undefined
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined
}

/** Why an access token was refused: `reason` of the error's extensions; null when only that is known. */
export interface TokenRefusal {
  readonly reason: string | null
}

/**
 * Whether the token was refused and the operation can be sent again: a query always, a mutation only if nothing of it can
 * have been done. Nothing was where no field ran, and where each field at the root was refused itself: one that is null
 * for a refusal below it, or for no error at all, was done.
 */
export function findRefusal({ data, status, ...answer }: Answer, isMutation: boolean) {
  const errors = listErrors(answer.errors)
  const hasNothingRun = !data && errors.every(({ path = [] }) => path.length === 0)
  const first = errors.find(findRefusalExtensions)
  // As gateways say it that verify tokens themselves: 401, or 403 with a GraphQL error in the case of Cosmo Router.
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

/** Cosmo Router wraps what a service said into an error of its own. */
function findRefusalExtensions({ extensions }: GraphQLError) {
  const inner = listErrors(extensions?.['errors']).map((error) => error.extensions)
  return [extensions, ...inner].find((one) => one?.['code'] === 'UNAUTHENTICATED')
}
