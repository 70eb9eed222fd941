import { createOriginCheck, type TokenOrigins } from './origins.js'
import type { Session } from './session.types.js'

/** Closed because the token was refused. (After 4401, graphql-ws itself never comes back.) */
const forbiddenCloseCode = 4403

export interface SessionSocketOptions extends TokenOrigins {
  /** Where to connect, for example `wss://api.example.com/graphql`. */
  readonly url: string
}

/**
 * For subscriptions of your other services: `createClient(sessionSocket(session, { url, origins }))` of graphql-ws. Every
 * connection begins with a fresh access token, and one that was closed for its token (4403) is opened again with another.
 * Throws a TypeError for a `url` that is neither of the session's origin nor of those in `origins`.
 */
export function sessionSocket(session: Session, { url, ...origins }: SessionSocketOptions) {
  if (!createOriginCheck(session, origins)(url)) {
    throw new TypeError(`sessionSocket: name the origin of "${url}" in \`origins\`.`)
  }
  let sentToken: string | null = null
  let wasRefused = false
  return {
    url,
    async connectionParams(): Promise<Record<string, string>> {
      const next = wasRefused ? await session.recover(sentToken) : null
      sentToken = next ?? (await session.accessToken())
      wasRefused = false
      return sentToken === null ? {} : { authorization: `Bearer ${sentToken}` }
    },
    on: {
      closed(event: unknown) {
        wasRefused = (event as { code?: number } | undefined)?.code === forbiddenCloseCode
      },
    },
  }
}
