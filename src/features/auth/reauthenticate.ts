import type { Accounts } from '../accounts/index.js'
import type { Audit } from '../audit/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { IssueAccessToken, WithAccessToken } from './issue-tokens.js'
import type { AuthViewer } from './viewer.js'

export type ReauthenticateOutcome =
  | ({ kind: 'reauthenticated'; presenceProof: string } & WithAccessToken)
  | { kind: 'invalid-credentials' }

export interface ReauthenticateNeeds {
  readonly database: Database
  readonly accounts: Accounts
  readonly sessions: Sessions
  readonly audit: Audit
  readonly issueAccessToken: IssueAccessToken
}

/**
 * Proves presence again in the current session and replaces its presence proof, which step-up operations require.
 * The new access token carries the new `auth_time`; the refresh token stays valid.
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
    const renewed = await database.transaction(async (tx) => {
      const state = await accounts.lockForSignIn(tx, check.password)
      if (state === 'open') await accounts.recordSignIn(tx, check.password, request)
      // A session that goes on may have begun before addresses had to be verified.
      const isOpen = state === 'open' || state === 'unverified'
      const marked = isOpen ? await sessions.markAuthenticated(tx, sessionId) : null
      await audit.record(tx, { ...event, success: marked !== null }, request)
      return marked
    })
    // The password changed or the session ended while this password was verified.
    if (!renewed) return { kind: 'invalid-credentials' }
    const { session, presenceProof } = renewed
    return { kind: 'reauthenticated', presenceProof, ...(await issueAccessToken(session)) }
  }
}
