import type { Credentials, VerifiedPassword } from '../credentials/index.js'
import type { Audit } from '../audit/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { IssueTokens, SignedIn } from './issue-tokens.js'

export type CompleteSignInOutcome =
  | SignedIn
  | { kind: 'invalid-credentials' }
  | { kind: 'email-not-verified' }
  | { kind: 'account-disabled' }
  | { kind: 'session-limit-reached' }

export interface CompleteSignInNeeds {
  readonly database: Database
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly audit: Audit
  readonly issueTokens: IssueTokens
}

/** The shared ending of every sign-in: the user is locked, looked at again, and gets a session. */
export function createCompleteSignIn(needs: CompleteSignInNeeds) {
  const { database, credentials, sessions, audit, issueTokens } = needs

  return async (
    password: VerifiedPassword,
    deviceName: string | null,
    request: RequestInfo,
  ): Promise<CompleteSignInOutcome> => {
    const { userId, guess } = password
    await guess.succeed() // nothing more is owed
    // Each step sends what does not wait for an answer of that step.
    const outcome = await database.hotTransaction(async (tx) => {
      const locked = credentials.lockForSignIn(tx, password)
      const [state, live] = await Promise.all([locked, sessions.live(tx, userId)])
      const isOpen = state === 'open'
      const start = { userId, deviceName, authenticationMethods: ['PASSWORD' as const] }
      const issued = isOpen ? sessions.prepare(start, live, request) : null
      const event = issued
        ? { actorId: userId, targetId: userId, sessionId: issued.session.id }
        : { targetId: userId, success: false }
      await Promise.all([
        isOpen && credentials.recordSignIn(tx, password, request),
        issued && sessions.start(tx, issued, request),
        audit.record(tx, { type: 'LOGIN', ...event }, request),
      ])
      return issued ?? state
    })
    if (outcome === 'disabled') return { kind: 'account-disabled' }
    if (outcome === 'unverified') return { kind: 'email-not-verified' }
    if (outcome === 'changed') return { kind: 'invalid-credentials' }
    if (outcome === 'open') return { kind: 'session-limit-reached' }
    return issueTokens(outcome)
  }
}
