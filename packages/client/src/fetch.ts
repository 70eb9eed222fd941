import { createOriginCheck, type TokenOrigins } from './origins.js'
import { findRefusal, type Answer } from './token-refusal.js'
import type { Session } from './session.types.js'

export interface SessionFetchOptions extends TokenOrigins {
  /** Sends the requests. By default, the `fetch` of the platform. */
  readonly fetch?: typeof fetch
}

/**
 * `fetch` with a session, for graphql-request, Relay and other libraries that accept a `fetch`. It sends the access
 * token to the session's origin and to `origins`. It retries a request once after the service refused the token.
 * Requests to other origins pass unchanged. The body must be a string, as GraphQL clients send it.
 */
export function createSessionFetch(
  session: Session,
  { fetch: send = fetch, ...origins }: SessionFetchOptions = {},
): typeof fetch {
  const isAllowedOrigin = createOriginCheck(session, origins)

  return async (input, init = {}) => {
    // A Request can be sent only once.
    const inputRequest = input instanceof Request ? input : null
    // Read only once: an object could return another origin the second time.
    const url = input instanceof Request ? input.url : String(input)
    if (!isAllowedOrigin(url)) return send(inputRequest ?? url, init)
    const body = inputRequest ? await inputRequest.clone().text() : init.body
    const sendWith = (token: string | null) => {
      const headers = new Headers(init.headers ?? inputRequest?.headers)
      if (token !== null) headers.set('authorization', `Bearer ${token}`)
      return send(inputRequest ? inputRequest.clone() : url, { ...init, headers })
    }
    const token = await session.accessToken()
    const response = await sendWith(token)
    const isMutation = canBeMutation(init.method ?? inputRequest?.method ?? 'GET', body)
    const refusal = findRefusal(await readAnswer(response), isMutation)
    const next = refusal && (await session.recover(token, refusal.reason))
    return next === null ? response : sendWith(next)
  }
}

async function readAnswer(response: Response): Promise<Answer> {
  const { status, headers } = response
  if (!/json/.test(headers.get('content-type') ?? '')) return { status }
  const answer = (await response
    .clone()
    .json()
    .catch(() => null)) as Answer | null
  return { ...answer, status }
}

/** Treats a document with any mutation as a mutation, and also a request without a readable document. */
function canBeMutation(method: string, body: unknown): boolean {
  if (method.toUpperCase() === 'GET') return false
  try {
    const { query } = JSON.parse(body as string) as { query?: unknown }
    return typeof query !== 'string' || /\bmutation\b/.test(query)
  } catch {
    return true
  }
}
