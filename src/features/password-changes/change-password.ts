import type { Audit } from '../audit/index.js'
import type { Budgets } from '../limits/index.js'
import type { Outbox } from '../mail/index.js'
import type { Sessions } from '../sessions/index.js'
import { addMs, type Clock } from '../../platform/clock.js'
import type { Database, Tx } from '../../platform/database/database.js'
import type { PasswordProblem } from '../../platform/graphql/auth-error.types.js'
import type { Viewer } from '../../platform/graphql/context.js'
import type { RequestInfo } from '../../platform/http/request-info.js'
import { findUser, type UserRow, lockForViewer, replaceKnownNetworks } from '../users/index.js'
import { repeatWindowMs, type OneTimeTokens } from '../one-time-tokens/index.js'
import {
  lockForStepUp,
  readCredentialVersion,
  readPasswordChangedAt,
  replacePassword,
  type CheckPassword,
  type ReauthenticationRequired,
} from '../credentials/index.js'
import type { PasswordHasher, PasswordPolicy } from '../passwords/index.js'
import { passwordChangedEmail } from './password-changed.email.js'
import { passwordResetEmail } from './reset-password.email.js'

export interface PasswordChange {
  readonly currentPassword: string | null
  readonly newPassword: string
  /** Replaces the current password when the account has no password. */
  readonly presenceProof: string | null
}

export type ChangePasswordOutcome =
  | { kind: 'changed'; user: UserRow }
  | { kind: 'weak-password'; passwordProblems: PasswordProblem[] }
  | { kind: 'invalid-credentials' }
  | ReauthenticationRequired
  | { kind: 'session-ended' }

// An attacker who knows the password could revoke all mailed links of the owner by changing the password repeatedly.
const changeBudget = { max: 5, windowMs: 60 * 60_000 }

export interface ChangePasswordDeps {
  readonly database: Database
  readonly clock: Clock
  readonly hasher: PasswordHasher
  readonly budgets: Budgets
  readonly sessions: Sessions
  readonly tokens: OneTimeTokens
  readonly outbox: Outbox
  readonly audit: Audit
  readonly checkPassword: CheckPassword
  readonly passwordPolicy: PasswordPolicy
}

/** Why the password must not be replaced. Checked again under the user's lock, because hashing takes time. */
type Refusal =
  | { kind: 'session-ended' }
  | ReauthenticationRequired
  /** Another request changed the password first, or the account has a password that the client did not send. */
  | { kind: 'password-mismatch' }
type RefusalCheck = (tx: Tx) => Promise<Refusal | null>

/**
 * Replaces the viewer's password. The viewer must know the current one: a stolen access token alone must not be
 * enough to keep an account (ASVS 6.2.3). A viewer without a password needs a presence proof. The change ends all
 * other sessions, pending links and presence proofs. Only the network of this request stays known.
 */
export function createChangePassword(deps: ChangePasswordDeps) {
  const { database, clock, hasher, sessions, tokens, outbox, audit } = deps
  const { checkPassword, passwordPolicy, budgets } = deps

  return async (
    viewer: Viewer,
    { currentPassword, newPassword, presenceProof }: PasswordChange,
    request: RequestInfo,
  ): Promise<ChangePasswordOutcome> => {
    const user = await findUser(database.db, viewer.userId)
    if (!user) return { kind: 'session-ended' }
    let check = checkHasNoPassword(viewer, presenceProof)
    if (currentPassword === null) {
      const refusal = await database.transaction(check) // before hashing the new password
      if (refusal?.kind === 'password-mismatch') {
        return refuseUnlessDuplicate(viewer, user, newPassword, request)
      }
      if (refusal) return refusal
    }
    const policyResult = await passwordPolicy(newPassword, user)
    if (policyResult.kind !== 'acceptable') return policyResult

    if (currentPassword !== null) {
      const verified = await checkPassword(user.email, currentPassword, request)
      if (verified.kind === 'wrong' || verified.password.userId !== user.id) {
        return refuseUnlessDuplicate(viewer, user, newPassword, request)
      }
      await verified.password.resetFailures()
      check = checkPasswordUnchanged(viewer, verified.password.version)
    }
    await budgets.reserve('changePassword', user.id, changeBudget)
    const hash = await hasher.hash(policyResult.password) // slow: before the transaction
    const outcome = await database.transaction(
      async (tx) => (await check(tx)) ?? replace(tx, viewer, hash, request),
    )
    if (outcome.kind !== 'password-mismatch') return outcome
    return refuseUnlessDuplicate(viewer, user, newPassword, request)
  }

  function checkHasNoPassword(viewer: Viewer, presenceProof: string | null): RefusalCheck {
    return async (tx) => {
      const stepUp = await lockForStepUp(tx, sessions, viewer, presenceProof)
      if (stepUp.kind === 'session-ended') return stepUp
      const hasPassword = (await readCredentialVersion(tx, viewer.userId)) !== null
      if (hasPassword) return { kind: 'password-mismatch' }
      return stepUp.kind === 'present' ? null : stepUp
    }
  }

  function checkPasswordUnchanged(viewer: Viewer, version: number): RefusalCheck {
    return async (tx) => {
      if (!(await lockForViewer(tx, sessions, viewer))) return { kind: 'session-ended' }
      const isSame = (await readCredentialVersion(tx, viewer.userId)) === version
      return isSame ? null : { kind: 'password-mismatch' }
    }
  }

  /** The current password is wrong. A repetition of a change that succeeded gets the same answer. */
  async function refuseUnlessDuplicate(
    viewer: Viewer,
    user: UserRow,
    newPassword: string,
    request: RequestInfo,
  ): Promise<ChangePasswordOutcome> {
    const session = await sessions.find(database.db, viewer.sessionId, user.id)
    if (!session || session.endedAt) return { kind: 'session-ended' }
    if (await isDuplicate(session, user, newPassword, request)) return { kind: 'changed', user }
    await database.transaction((tx) => record(tx, viewer, request, false))
    return { kind: 'invalid-credentials' }
  }

  /** A password change ends all other sessions. So a session older than the last change is the one that made it. */
  async function isDuplicate(
    { createdAt }: { readonly createdAt: Date },
    { id, email }: UserRow,
    newPassword: string,
    request: RequestInfo,
  ) {
    const changedAt = await readPasswordChangedAt(database.db, id)
    if (!changedAt || createdAt >= changedAt) return false
    if (addMs(changedAt, repeatWindowMs) <= clock.now()) return false
    const check = await checkPassword(email, newPassword, request)
    if (check.kind === 'wrong' || check.password.userId !== id) return false
    await check.password.resetFailures()
    return true
  }

  async function replace(
    tx: Tx,
    viewer: Viewer,
    hash: string,
    request: RequestInfo,
  ): Promise<ChangePasswordOutcome | { kind: 'password-mismatch' }> {
    const { userId, sessionId } = viewer
    const now = clock.now()
    await replacePassword(tx, userId, hash, now)
    await sessions.endOthers(tx, userId, [sessionId], 'PASSWORD_CHANGED')
    await sessions.clearPresenceProofs(tx, userId)
    await tokens.revokeAll(tx, userId)
    await replaceKnownNetworks(tx, userId, request.network, now)
    await record(tx, viewer, request, true)
    const user = await findUser(tx, userId)
    if (!user) return { kind: 'session-ended' }
    const { email: recipient, locale } = user
    await outbox.cancelWaiting(tx, passwordResetEmail, recipient)
    await outbox.enqueue(tx, { kind: passwordChangedEmail, recipient, accountId: userId, locale })
    return { kind: 'changed', user }
  }

  function record(tx: Tx, viewer: Viewer, request: RequestInfo, success: boolean) {
    const { userId, sessionId } = viewer
    const event = { actorId: userId, targetId: userId, sessionId, success }
    return audit.record(tx, { type: 'PASSWORD_CHANGED', ...event }, request)
  }
}
