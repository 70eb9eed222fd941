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
export interface Refused {
  readonly reason: string | null
}

/**
 * Whether the token was refused and the operation can be sent again: a query always, a mutation only if nothing of it can
 * have been done. Nothing was where no field ran, and where each field at the root was refused itself: one that is null
 * for a refusal below it, or for no error at all, was done.
 */
export function refusedIn({ data, status, ...answer }: Answer, isMutation: boolean) {
  const errors = errorsIn(answer.errors)
  const nothingRan = !data && errors.every(({ path = [] }) => path.length === 0)
  const first = errors.find(extensionsOfRefusal)
  // As gateways say it that verify tokens themselves: 401, or 403 with a GraphQL error in the case of Cosmo Router.
  const byStatus = status === 401 || (status === 403 && errors.length > 0)
  if (!first) return nothingRan && byStatus ? refused(null) : null
  if (isMutation && !nothingRan && !isRefusedThroughout(data, errors)) return null
  return refused(extensionsOfRefusal(first)?.['reason'])
}

const errorsIn = (errors: unknown) =>
  Array.isArray(errors) ? (errors as (GraphQLError | null)[]).filter((error) => error !== null) : []

const refused = (reason: unknown): Refused => ({
  reason: typeof reason === 'string' ? reason : null,
})

const isRefusedThroughout = (data: Answer['data'], errors: readonly GraphQLError[]) =>
  !!data &&
  Object.entries(data).every(
    ([name, value]) =>
      value === null &&
      errors.some(
        (error) => error.path?.length === 1 && error.path[0] === name && extensionsOfRefusal(error),
      ),
  )

/** Cosmo Router wraps what a service said into an error of its own. */
function extensionsOfRefusal({ extensions }: GraphQLError) {
  const inner = errorsIn(extensions?.['errors']).map((error) => error.extensions)
  return [extensions, ...inner].find((one) => one?.['code'] === 'UNAUTHENTICATED')
}
