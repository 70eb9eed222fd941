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
    password: string | null,
    request: RequestInfo,
  ): Promise<ReauthenticateOutcome> => {
    if (password === null) return { kind: 'invalid-credentials' }
    const event = { type: 'LOGIN', actorId: user.id, targetId: user.id, sessionId } as const
    const check = await accounts.checkPassword(user.email, password, request)
    if (check.kind === 'wrong' || check.password.userId !== user.id) {
      await database.transaction((tx) => audit.record(tx, { ...event, success: false }, request))
      return { kind: 'invalid-credentials' }
    }
    await check.password.guess.succeed()
    const session = await database.transaction(async (tx) => {
      const state = await accounts.lockForSignIn(tx, check.password)
      if (state === 'open') await accounts.recordSignIn(tx, check.password, request)
      // A session that goes on may have begun before addresses had to be verified.
      const isOpen = state === 'open' || state === 'unverified'
      const renewed = isOpen ? await sessions.markAuthenticated(tx, sessionId) : null
      await audit.record(tx, { ...event, success: renewed !== null }, request)
      return renewed
    })
    if (!session) return { kind: 'invalid-credentials' } // the password or the session is another's by now
    return { kind: 'reauthenticated', ...(await issueAccessToken(session)) }
  }
}
