import { createOriginCheck, type TokenOrigins } from './origins.js'
import { findRefusal, type Answer } from './token-refusal.js'
import type { Session } from './session.types.js'

export interface SessionFetchOptions extends TokenOrigins {
  /** Sends the requests. Left out: the platform's. */
  readonly fetch?: typeof fetch
}

/**
 * `fetch` with a session, for graphql-request, Relay and whatever else takes one: sends the access token to the session's
 * origin and to those in `origins`, and sends a request again, once, whose token was refused. A request to another origin
 * is left as it is. The body has to be a text, as GraphQL clients send it.
 */
export function createSessionFetch(
  session: Session,
  { fetch: send = fetch, ...origins }: SessionFetchOptions = {},
): typeof fetch {
  const isAllowedOrigin = createOriginCheck(session, origins)

  return async (input, init = {}) => {
    // A request can be sent once.
    const inputRequest = input instanceof Request ? input : null
    // Read once: an object could name another origin the second time.
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

/** A document that has a mutation among its operations is taken for one, and so is what has no document to look at. */
function canBeMutation(method: string, body: unknown): boolean {
  if (method.toUpperCase() === 'GET') return false
  try {
    const { query } = JSON.parse(body as string) as { query?: unknown }
    return typeof query !== 'string' || /\bmutation\b/.test(query)
  } catch {
    return true
  }
}
