import type { Session } from './session.types.js'

/** Closed because the token was refused. (After 4401, graphql-ws itself never comes back.) */
const forbidden = 4403

/**
 * For subscriptions of your other services: `createClient({ url, ...sessionSocket(session) })` of graphql-ws. Every
 * connection begins with a fresh access token, and one that was closed for its token (4403) is opened again with another.
 */
export function sessionSocket(session: Session) {
  let sent: string | null = null
  let refused = false
  return {
    async connectionParams(): Promise<Record<string, string>> {
      const next = refused ? await session.recover(sent) : null
      sent = next ?? (await session.accessToken())
      refused = false
      return sent === null ? {} : { authorization: `Bearer ${sent}` }
    },
    on: {
      closed(event: unknown) {
        refused = (event as { code?: number } | undefined)?.code === forbidden
      },
    },
  }
}
