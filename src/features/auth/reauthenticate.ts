import type { Credentials } from '../credentials/index.js'
import type { Audit } from '../audit/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { IssueAccessToken, SessionWithAccessToken } from './issue-tokens.js'
import type { AuthViewer } from './viewer.js'

export type ReauthenticateOutcome =
  | ({ kind: 'reauthenticated'; presenceProof: string } & SessionWithAccessToken)
  | { kind: 'invalid-credentials' }
  | { kind: 'session-ended' }

export interface ReauthenticateDeps {
  readonly database: Database
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly audit: Audit
  readonly issueAccessToken: IssueAccessToken
}

/**
 * Proves presence again in the current session and issues a new presence proof, which step-up operations require. The
 * new access token has a new `auth_time`. The refresh token stays valid.
 */
export function createReauthenticate(deps: ReauthenticateDeps) {
  const { database, credentials, sessions, audit, issueAccessToken } = deps

  return async (
    { user, sessionId }: AuthViewer,
    password: string | null,
    request: RequestInfo,
  ): Promise<ReauthenticateOutcome> => {
    if (password === null) return { kind: 'invalid-credentials' }
    const event = { type: 'LOGIN', actorId: user.id, targetId: user.id, sessionId } as const
    const check = await credentials.checkPassword(user.email, password, request)
    if (check.kind === 'wrong' || check.password.userId !== user.id) {
      return database.transaction(async (tx): Promise<ReauthenticateOutcome> => {
        if (!(await isSessionActive(tx, user.id, sessionId))) return { kind: 'session-ended' }
        await audit.record(tx, { ...event, success: false }, request)
        return { kind: 'invalid-credentials' }
      })
    }
    await check.password.resetFailures()
    const outcome = await database.transaction(async (tx) => {
      const account = await credentials.lockForSignIn(tx, user.id)
      const accountState = (await check.password.isStillValid(tx)) ? account : 'gone'
      if (accountState === 'open') await credentials.recordSignIn(tx, [check.password], request)
      // The session may have started before the service required verified addresses.
      const canContinue = accountState === 'open' || accountState === 'unverified'
      const renewed = canContinue ? await sessions.markAuthenticated(tx, sessionId) : null
      if (!renewed && !(await isSessionActive(tx, user.id, sessionId)))
        return 'session-ended' as const
      await audit.record(tx, { ...event, success: renewed !== null }, request)
      return renewed ?? ('invalid-credentials' as const) // the password has changed meanwhile
    })
    if (typeof outcome === 'string') return { kind: outcome }
    const { session, presenceProof } = outcome
    return { kind: 'reauthenticated', presenceProof, ...(await issueAccessToken(session)) }
  }

  /** The session or the account may have ended during the password check. */
  async function isSessionActive(tx: Tx, userId: string, sessionId: string) {
    const session = await sessions.find(tx, sessionId, userId)
    return session !== null && session.endedAt === null
  }
}
