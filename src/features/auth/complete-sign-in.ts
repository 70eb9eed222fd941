import {
  Proof,
  readSignInMethods,
  secondFactorsOf,
  type Credentials,
  type MfaPolicy,
  type Proofs,
  type RequestedSession,
  type SecondFactorMethod,
} from '../credentials/index.js'
import type { Audit } from '../audit/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { QueryFn } from '../../platform/database/hot-statements.js'
import { isMultiFactor } from '../../platform/graphql/authentication-method.types.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { IssueTokens, SignedIn } from './issue-tokens.js'

/** The first factor was right, and a second one is required. */
export interface MfaRequiredOutcome {
  readonly kind: 'mfa-required'
  readonly userId: string
  readonly challengeToken: string
  readonly methods: SecondFactorMethod[]
  readonly expiresAt: Date
}

export type CompleteSignInOutcome =
  | SignedIn
  | MfaRequiredOutcome
  | { kind: 'invalid-credentials' }
  | { kind: 'email-not-verified' }
  | { kind: 'account-disabled' }
  | { kind: 'session-limit-reached' }

export interface CompleteSignInDeps {
  readonly mfaPolicy: MfaPolicy
  readonly database: Database
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly audit: Audit
  readonly issueTokens: IssueTokens
}

export type CompleteSignIn = ReturnType<typeof createCompleteSignIn>

/**
 * The last step of every way to sign in: locks the user, checks the proofs again, and starts a session or asks for a
 * second factor.
 */
export function createCompleteSignIn(deps: CompleteSignInDeps) {
  const { mfaPolicy, database, credentials, sessions, audit, issueTokens } = deps

  return async (
    proofs: Proofs,
    requested: RequestedSession,
    request: RequestInfo,
  ): Promise<CompleteSignInOutcome> => {
    Proof.assertSameUser(proofs)
    const [{ userId }] = proofs
    // Each step sends all statements that do not depend on each other's results at once.
    const outcome = await database.hotTransaction(async (tx) => {
      const accountLock = credentials.lockForSignIn(tx, userId)
      const proofChecks = Promise.all(proofs.map((proof) => proof.isStillValid(tx)))
      const [account, proofResults, liveSessions, methods] = await Promise.all([
        accountLock,
        proofChecks,
        sessions.listLiveIds(tx, userId),
        readSignInMethods(tx, userId),
      ])
      const accountState = proofResults.includes(false) ? 'gone' : account
      const authenticationMethods = proofs.map(({ method }) => method)
      const secondFactors = isMultiFactor(authenticationMethods)
        ? []
        : secondFactorsOf(methods, mfaPolicy)
      if (accountState === 'open' && secondFactors.length > 0) {
        return requireSecondFactor(tx, proofs[0], secondFactors, requested)
      }
      const newSession = { userId, deviceName: requested.deviceName, authenticationMethods }
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
    const needsFactor = typeof outcome === 'object' && 'kind' in outcome
    // A proof that is not valid any more must not reset the counters of the others.
    const isAccepted = !needsFactor && outcome !== 'gone'
    // The sign-in is committed. If this fails, the counters stay as they are, which only slows down the next guess.
    await Promise.allSettled(
      proofs.map((proof) => (isAccepted ? proof.resetFailures() : proof.releaseAttempt())),
    )
    if (needsFactor) return outcome
    if (outcome === 'disabled') return { kind: 'account-disabled' }
    if (outcome === 'unverified') return { kind: 'email-not-verified' }
    if (outcome === 'gone') return { kind: 'invalid-credentials' }
    if (outcome === 'open') return { kind: 'session-limit-reached' }
    return issueTokens(outcome)
  }

  async function requireSecondFactor(
    tx: Tx | QueryFn,
    first: Proof,
    methods: SecondFactorMethod[],
    requested: RequestedSession,
  ): Promise<MfaRequiredOutcome> {
    const [challenge] = await Promise.all([
      credentials.challenges.create(tx, first, requested),
      first.saveAfterSignIn(tx), // the next request no longer has the password, which a stronger hash needs
    ])
    return { kind: 'mfa-required', userId: first.userId, methods, ...challenge }
  }
}
