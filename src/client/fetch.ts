import { refusedByStatus, refusedIn, type Answer, type Refused } from './refused.js'
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
    const refused = await refusal(response, typeof init.body === 'string' ? init.body : '')
    const next = refused && (await session.recover(token, refused.reason))
    return next === null ? response : sendWith(next)
  }

async function refusal(response: Response, body: string): Promise<Refused | null> {
  if (!/json/.test(response.headers.get('content-type') ?? '')) {
    return refusedByStatus(response.status)
  }
  const answer = (await response
    .clone()
    .json()
    .catch(() => ({}))) as Answer
  // A document that has mutations beside its queries is taken for one of them.
  return refusedIn(answer, /\bmutation\b/.test(body)) ?? refusedByStatus(response.status)
}
