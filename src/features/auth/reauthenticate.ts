import type { Accounts } from '../accounts/index.js'
import type { Audit } from '../audit/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { IssueAccessToken, WithAccessToken } from './issue-tokens.js'
import type { AuthViewer } from './viewer.js'

export type ReauthenticateOutcome =
  ({ kind: 'reauthenticated' } & WithAccessToken) | { kind: 'invalid-credentials' }

export interface ReauthenticateNeeds {
  readonly database: Database
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly audit: Audit
  readonly issueAccessToken: IssueAccessToken
}

/**
 * Proves presence again in a session that goes on: what cannot be undone wants more than a token that may have been
 * stolen. The new access token carries the new `auth_time`; the refresh token stays the one it was.
 */
export function createReauthenticate(needs: ReauthenticateNeeds) {
  const { database, accounts, sessions, audit, issueAccessToken } = needs

  return async (
    { user, sessionId }: AuthViewer,
    password: string,
    request: RequestInfo,
  ): Promise<ReauthenticateOutcome> => {
    const check = await accounts.checkPassword(user.email, password, request)
    const right = check.kind === 'right' && check.password.userId === user.id
    const session = right ? await sessions.markAuthenticated(sessionId) : null
    if (!right || !session) {
      const event = { actorId: user.id, targetId: user.id, sessionId, success: false } as const
      await database.transaction((tx) => audit.record(tx, { type: 'LOGIN', ...event }, request))
      return { kind: 'invalid-credentials' }
    }
    await check.password.guess.succeed()
    return { kind: 'reauthenticated', ...(await issueAccessToken(session)) }
  }
}
