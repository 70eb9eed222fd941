import { createOriginCheck, type TokenOrigins } from './origins.js'
import type { Session } from './session.types.js'

/** The close code for a refused token. (After 4401, graphql-ws does not reconnect.) */
const forbiddenCloseCode = 4403

export interface SessionSocketOptions extends TokenOrigins {
  /** The URL of the service, for example `wss://api.example.com/graphql`. */
  readonly url: string
}

/**
 * For subscriptions of your other services: `createClient(sessionSocket(session, { url, origins }))` of graphql-ws.
 * Each connection starts with a fresh access token. If the service closes a connection for its token (4403), the
 * client reconnects with another token. Throws a TypeError if `url` is neither of the session's origin nor in
 * `origins`.
 */
export function sessionSocket(session: Session, { url, ...origins }: SessionSocketOptions) {
  if (!createOriginCheck(session, origins)(url)) {
    throw new TypeError(
      `sessionSocket: the origin of "${url}" is not allowed. Add it to \`origins\`.`,
    )
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
