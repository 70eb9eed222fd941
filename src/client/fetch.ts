import { refusedIn, type Answer } from './refused.js'
import type { Session } from './session.types.js'

/**
 * `fetch` with a session, for graphql-request, Relay and whatever else takes one: sends the access token, and sends a
 * request again, once, whose token was refused. The body has to be a text, as GraphQL clients send it.
 */
export const createSessionFetch =
  (session: Session, { fetch: send = fetch } = {}): typeof fetch =>
  async (input, init = {}) => {
    const sendWith = (token: string | null) => {
      const headers = new Headers(init.headers)
      if (token !== null) headers.set('authorization', `Bearer ${token}`)
      return send(input, { ...init, headers })
    }
    const token = await session.accessToken()
    const response = await sendWith(token)
    const refused = refusedIn(await answerIn(response), mayMutate(init))
    const next = refused && (await session.recover(token, refused.reason))
    return next === null ? response : sendWith(next)
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
function mayMutate({ method = 'GET', body }: RequestInit): boolean {
  if (method.toUpperCase() === 'GET') return false
  try {
    const { query } = JSON.parse(body as string) as { query?: unknown }
    return typeof query !== 'string' || /\bmutation\b/.test(query)
  } catch {
    return true
  }
}
