import {
  presenceMethodsOf,
  readSignInMethods,
  secondFactorsOf,
  type Credentials,
  type MfaPolicy,
  type Proof,
  type Proofs,
  type ReauthenticationRequired,
  type SecondFactorChecks,
} from '../credentials/index.js'
import type { Audit } from '../audit/index.js'
import type { Passkeys } from '../passkeys/index.js'
import type { Sessions } from '../sessions/index.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import type { IssueAccessToken, SessionWithAccessToken } from './issue-tokens.js'
import type { AuthViewer } from './viewer.js'

/** What the person offers as proof. */
export interface ReauthenticateRequest {
  readonly password: string | null
  readonly totpCode: string | null
  readonly recoveryCode: string | null
  /** A response to `beginPasskeyLogin`. Attackers choose its shape. */
  readonly passkey: { readonly challengeToken: string; readonly response: unknown } | null
}

export type ReauthenticateOutcome =
  | ({ kind: 'reauthenticated'; presenceProof: string } & SessionWithAccessToken)
  | { kind: Refusal }
  | { kind: 'invalid-mfa-code'; attemptsRemaining: null }
  | ReauthenticationRequired
  | { kind: 'session-ended' }

export interface ReauthenticateDeps {
  readonly mfaPolicy: MfaPolicy
  readonly database: Database
  readonly credentials: Credentials
  readonly secondFactors: SecondFactorChecks
  readonly passkeys: Passkeys
  readonly sessions: Sessions
  readonly audit: Audit
  readonly issueAccessToken: IssueAccessToken
}

type Refusal = 'invalid-credentials' | 'invalid-challenge' | 'invalid-passkey-response'

type FailedProof = Exclude<ReauthenticateOutcome, { kind: 'reauthenticated' | 'session-ended' }>

interface CheckedProofs {
  readonly proofs: Proofs
  /** The outcome if a proof is not valid any more under the user's lock. */
  readonly refusal: () => Refusal
}

/**
 * Proves presence again in the current session and issues a new presence proof, which step-up operations require. It
 * asks for as much as a sign-in: an attacker with the password alone must not be able to remove the second factor
 * (ASVS 7.5.1). The new access token has a new `auth_time`. The refresh token stays valid.
 */
export function createReauthenticate(deps: ReauthenticateDeps) {
  const { mfaPolicy, database, credentials, secondFactors, passkeys, sessions, audit } = deps

  return async (
    viewer: AuthViewer,
    input: ReauthenticateRequest,
    request: RequestInfo,
  ): Promise<ReauthenticateOutcome> => {
    const { user, sessionId } = viewer
    const event = { type: 'LOGIN', actorId: user.id, targetId: user.id, sessionId } as const
    const checked = await checkProofs(viewer, input, request)
    if ('kind' in checked) {
      if (!isEvaluated(checked, input)) return checked
      return database.transaction(async (tx): Promise<ReauthenticateOutcome> => {
        if (!(await isSessionActive(tx, viewer))) return { kind: 'session-ended' }
        await audit.record(tx, { ...event, success: false }, request)
        return checked
      })
    }
    const { proofs, refusal } = checked
    const outcome = await database.transaction(async (tx) => {
      const account = await credentials.lockForSignIn(tx, user.id)
      const areValid = await Promise.all(proofs.map((proof) => proof.isStillValid(tx)))
      const accountState = areValid.includes(false) ? 'gone' : account
      if (accountState === 'open') await credentials.recordSignIn(tx, proofs, request)
      // The session may have started before the service required verified addresses. Its codes count once as well.
      const canContinue = accountState === 'open' || accountState === 'unverified'
      if (accountState === 'unverified') {
        await Promise.all(proofs.map((proof) => proof.saveAfterSignIn(tx)))
      }
      const methods = proofs.map(({ method }) => method)
      const renewed = canContinue ? await sessions.markAuthenticated(tx, sessionId, methods) : null
      if (!renewed && !(await isSessionActive(tx, viewer))) return 'session-ended' as const
      await audit.record(tx, { ...event, success: renewed !== null }, request)
      return renewed ?? refusal() // the password or the passkey has changed meanwhile
    })
    const isAccepted = typeof outcome !== 'string'
    await Promise.allSettled(
      proofs.map((proof) => (isAccepted ? proof.resetFailures() : proof.releaseAttempt())),
    )
    if (!isAccepted) return { kind: outcome }
    const { session, presenceProof } = outcome
    return { kind: 'reauthenticated', presenceProof, ...(await deps.issueAccessToken(session)) }
  }

  async function checkProofs(
    viewer: AuthViewer,
    input: ReauthenticateRequest,
    request: RequestInfo,
  ): Promise<CheckedProofs | FailedProof> {
    if (input.passkey) return checkPasskey(viewer, input.passkey)
    const checked = await checkPasswordAndCode(viewer, input, request)
    if ('kind' in checked) return checked
    return { proofs: checked, refusal: () => 'invalid-credentials' }
  }

  /** A passkey proves two factors, so it is enough alone. */
  async function checkPasskey(
    { user }: AuthViewer,
    offered: NonNullable<ReauthenticateRequest['passkey']>,
  ): Promise<CheckedProofs | FailedProof> {
    const check = await passkeys.checkLogin(offered, user.id)
    if (check.kind === 'invalid-challenge') return check
    if (check.kind !== 'right') return { kind: 'invalid-passkey-response' }
    return { proofs: [check.passkey], refusal: () => check.passkey.refusal }
  }

  /** Checks the password, and the second factor where a sign-in would ask for one. */
  async function checkPasswordAndCode(
    { user }: AuthViewer,
    { password, totpCode, recoveryCode }: ReauthenticateRequest,
    request: RequestInfo,
  ): Promise<Proofs | FailedProof> {
    const methods = await readSignInMethods(database.query, user.id)
    const needsFactor = secondFactorsOf(methods, mfaPolicy).length > 0
    const method = recoveryCode === null ? 'TOTP' : 'RECOVERY_CODE'
    const code = recoveryCode ?? totpCode
    if (needsFactor && code === null) {
      return { kind: 'reauthentication-required', methods: presenceMethodsOf(methods) }
    }
    if (password === null) return { kind: 'invalid-credentials' }
    const check = await credentials.checkPassword(user.email, password, request)
    if (check.kind === 'wrong' || check.password.userId !== user.id) {
      return { kind: 'invalid-credentials' }
    }
    if (!needsFactor) return [check.password]
    const answer = { code, passkeyResponse: null, challengeToken: '' }
    const second = await releaseOnFailure(check.password, () =>
      secondFactors[method](user.id, answer, request),
    )
    return second ? [check.password, second] : { kind: 'invalid-mfa-code', attemptsRemaining: null }
  }

  /** A wrong code is no wrong password, and a right password resets nothing before the code is right. */
  async function releaseOnFailure(password: Proof, checkCode: () => Promise<Proof | null>) {
    const second = await checkCode().catch(async (error: unknown) => {
      await password.releaseAttempt()
      throw error
    })
    if (!second) await password.releaseAttempt()
    return second
  }

  /** The session or the account may have ended during the password check. */
  async function isSessionActive(tx: Tx, { user, sessionId }: AuthViewer) {
    const session = await sessions.find(tx, sessionId, user.id)
    return session !== null && session.endedAt === null
  }
}

/** Whether a secret or a signature was checked: only then the attempt belongs into the audit log. */
const isEvaluated = ({ kind }: FailedProof, { password, passkey }: ReauthenticateRequest) =>
  kind !== 'reauthentication-required' &&
  kind !== 'invalid-challenge' &&
  (password !== null || passkey !== null)
