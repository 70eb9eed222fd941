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

export interface CompleteSignInNeeds {
  readonly database: Database
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly audit: Audit
  readonly issueTokens: IssueTokens
}

/** The shared last step of every sign-in: the user is locked, the proofs are looked at again, and there is a session. */
export function createCompleteSignIn(needs: CompleteSignInNeeds) {
  const { database, credentials, sessions, audit, issueTokens } = needs

  return async (
    proofs: Proofs,
    deviceName: string | null,
    request: RequestInfo,
  ): Promise<CompleteSignInOutcome> => {
    Proof.check(proofs)
    const [{ userId }] = proofs
    await Promise.all(proofs.map((proof) => proof.succeed())) // nothing more is owed
    // Each step sends what does not wait for an answer of that step.
    const outcome = await database.hotTransaction(async (tx) => {
      const locked = credentials.lockForSignIn(tx, userId)
      const looked = Promise.all(proofs.map((proof) => proof.holds(tx)))
      const [account, held, live] = await Promise.all([locked, looked, sessions.live(tx, userId)])
      const state = held.includes(false) ? 'gone' : account
      const authenticationMethods = proofs.map(({ method }) => method)
      const start = { userId, deviceName, authenticationMethods }
      const issued = state === 'open' ? sessions.prepare(start, live, request) : null
      const event = issued
        ? { actorId: userId, targetId: userId, sessionId: issued.session.id }
        : { targetId: userId, success: false }
      await Promise.all([
        state === 'open' && credentials.recordSignIn(tx, proofs, request),
        issued && sessions.start(tx, issued, request),
        audit.record(tx, { type: 'LOGIN', ...event }, request),
      ])
      return issued ?? state
    })
    if (outcome === 'disabled') return { kind: 'account-disabled' }
    if (outcome === 'unverified') return { kind: 'email-not-verified' }
    if (outcome === 'gone') return { kind: 'invalid-credentials' }
    if (outcome === 'open') return { kind: 'session-limit-reached' }
    return issueTokens(outcome)
  }
}
