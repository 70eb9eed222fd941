import { createMaySend, type TokenOrigins } from './origins.js'
import { refusedIn, type Answer } from './refused.js'
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
  const maySend = createMaySend(session, origins)

  return async (input, init = {}) => {
    // A request can be sent once.
    const given = input instanceof Request ? input : null
    // Read once: an object could name another origin the second time.
    const url = input instanceof Request ? input.url : String(input)
    if (!maySend(url)) return send(given ?? url, init)
    const body = given ? await given.clone().text() : init.body
    const sendWith = (token: string | null) => {
      const headers = new Headers(init.headers ?? given?.headers)
      if (token !== null) headers.set('authorization', `Bearer ${token}`)
      return send(given ? given.clone() : url, { ...init, headers })
    }
    const token = await session.accessToken()
    const response = await sendWith(token)
    const isMutation = mayMutate(init.method ?? given?.method ?? 'GET', body)
    const refused = refusedIn(await answerIn(response), isMutation)
    const next = refused && (await session.recover(token, refused.reason))
    return next === null ? response : sendWith(next)
  }
}

async function answerIn(response: Response): Promise<Answer> {
  const { status, headers } = response
  if (!/json/.test(headers.get('content-type') ?? '')) return { status }
  const answer = (await response
    .clone()
    .json()
    .catch(() => null)) as Answer | null
  return { ...answer, status }
}

/** A document that has a mutation among its operations is taken for one, and so is what has no document to look at. */
function mayMutate(method: string, body: unknown): boolean {
  if (method.toUpperCase() === 'GET') return false
  try {
    const { query } = JSON.parse(body as string) as { query?: unknown }
    return typeof query !== 'string' || /\bmutation\b/.test(query)
  } catch {
    return true
  }
}
