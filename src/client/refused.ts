/** The part of a GraphQL answer that tells whether the access token was refused. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined
  readonly errors?: readonly GraphQLError[] | undefined
}

interface GraphQLError {
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/** Why an access token was refused: `reason` of the error's extensions; null when only that is known. */
export interface Refused {
  readonly reason: string | null
}

/** HTTP's own word for it, as gateways say it that verify tokens themselves. */
export const refusedByStatus = (status: number | undefined): Refused | null =>
  status === 401 ? { reason: null } : null

/**
 * Whether the answer says UNAUTHENTICATED and the operation can be sent again: a query always, a mutation only if
 * nothing of it was done.
 */
export function refusedIn({ data, errors = [] }: Answer, isMutation: boolean): Refused | null {
  const extensions = errors.flatMap(withInner).find(({ code }) => code === 'UNAUTHENTICATED')
  if (!extensions) return null
  if (isMutation && Object.values(data ?? {}).some((field) => field !== null)) return null
  const { reason } = extensions
  return { reason: typeof reason === 'string' ? reason : null }
}

/** Cosmo Router wraps what a service said into an error of its own. */
function withInner({ extensions = {} }: GraphQLError): Readonly<Record<string, unknown>>[] {
  const { errors } = extensions
  const inner = Array.isArray(errors) ? (errors as GraphQLError[]) : []
  return [extensions, ...inner.map((error) => error.extensions ?? {})]
}
