import { Proof, type Credentials, type Proofs } from '../credentials/index.js'
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

export interface CompleteSignInDeps {
  readonly database: Database
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly audit: Audit
  readonly issueTokens: IssueTokens
}

/** The last step of every sign-in method: locks the user, checks the proofs again and starts a session. */
export function createCompleteSignIn(deps: CompleteSignInDeps) {
  const { database, credentials, sessions, audit, issueTokens } = deps

  return async (
    proofs: Proofs,
    deviceName: string | null,
    request: RequestInfo,
  ): Promise<CompleteSignInOutcome> => {
    Proof.assertSameUser(proofs)
    const [{ userId }] = proofs
    await Promise.all(proofs.map((proof) => proof.resetFailures())) // the sign-in needs no further proof
    // Each step sends all statements that do not depend on each other's results at once.
    const outcome = await database.hotTransaction(async (tx) => {
      const accountLock = credentials.lockForSignIn(tx, userId)
      const proofChecks = Promise.all(proofs.map((proof) => proof.isStillValid(tx)))
      const [account, proofResults, liveSessions] = await Promise.all([
        accountLock,
        proofChecks,
        sessions.listLiveIds(tx, userId),
      ])
      const accountState = proofResults.includes(false) ? 'gone' : account
      const authenticationMethods = proofs.map(({ method }) => method)
      const newSession = { userId, deviceName, authenticationMethods }
      const issued =
        accountState === 'open' ? sessions.prepare(newSession, liveSessions, request) : null
      const event = issued
        ? { actorId: userId, targetId: userId, sessionId: issued.session.id }
        : { targetId: userId, success: false }
      await Promise.all([
        accountState === 'open' && credentials.recordSignIn(tx, proofs, request),
        issued && sessions.start(tx, issued, request),
        audit.record(tx, { type: 'LOGIN', ...event }, request),
      ])
      return issued ?? accountState
    })
    if (outcome === 'disabled') return { kind: 'account-disabled' }
    if (outcome === 'unverified') return { kind: 'email-not-verified' }
    if (outcome === 'gone') return { kind: 'invalid-credentials' }
    if (outcome === 'open') return { kind: 'session-limit-reached' }
    return issueTokens(outcome)
  }
}
