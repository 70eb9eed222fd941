/** The part of a GraphQL answer that tells whether the access token was refused. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined
  readonly errors?: readonly GraphQLError[] | undefined
}

interface GraphQLError {
  readonly path?: readonly (string | number)[] | undefined
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/** Why an access token was refused: `reason` of the error's extensions; null when only that is known. */
export interface Refused {
  readonly reason: string | null
}

/** As gateways say it that verify tokens themselves: 401, or 403 in the case of Cosmo Router. */
export const refusedByStatus = (status: number | undefined): Refused | null =>
  status === 401 || status === 403 ? { reason: null } : null

/**
 * Whether the answer says UNAUTHENTICATED and the operation can be sent again: a query always, a mutation only if
 * every field of it was refused. One that is null without an error was done.
 */
export function refusedIn({ data, errors = [] }: Answer, isMutation: boolean): Refused | null {
  const refusals = errors.filter((error) => unauthenticated(error) !== undefined)
  const [first] = refusals
  if (!first) return null
  const isRefused = ([name, value]: [string, unknown]) =>
    value === null && refusals.some(({ path }) => (path?.[0] ?? name) === name)
  if (isMutation && !Object.entries(data ?? {}).every(isRefused)) return null
  const reason = unauthenticated(first)?.['reason']
  return { reason: typeof reason === 'string' ? reason : null }
}

const unauthenticated = (error: GraphQLError) =>
  withInner(error).find(({ code }) => code === 'UNAUTHENTICATED')

/** Cosmo Router wraps what a service said into an error of its own. */
function withInner({ extensions = {} }: GraphQLError): Readonly<Record<string, unknown>>[] {
  const { errors } = extensions
  const inner = Array.isArray(errors) ? (errors as GraphQLError[]) : []
  return [extensions, ...inner.map((error) => error.extensions ?? {})]
}
