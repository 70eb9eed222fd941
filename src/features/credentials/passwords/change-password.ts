import type { Audit } from '../../audit/index.js'
import type { Budgets } from '../../limits/index.js'
import type { Outbox } from '../../mail/index.js'
import type { Sessions } from '../../sessions/index.js'
import { addMs, type Clock } from '../../../platform/clock.js'
import type { Database, Tx } from '../../../platform/database/database.js'
import type { PasswordProblem } from '../../../platform/graphql/auth-error.types.js'
import type { Viewer } from '../../../platform/graphql/context.js'
import type { RequestInfo } from '../../../platform/http/request-info.js'
import { findUser, type UserRow, lockForViewer, replaceKnownNetworks } from '../../users/index.js'
import { lockForStepUp, type ReauthenticationRequired } from '../lock-for-step-up.js'
import { repeatWindowMs, type OneTimeTokens } from '../../one-time-tokens/index.js'
import type { CheckPassword } from './check-password.js'
import {
  readCredentialVersion,
  readPasswordChangedAt,
  replacePassword,
} from './credential.store.js'
import type { PasswordHasher, PasswordPolicy } from '../../passwords/index.js'
import { passwordChangedEmail } from './password-changed.email.js'
import { passwordResetEmail } from './reset-password.email.js'

export interface PasswordChange {
  readonly currentPassword: string | null
  readonly newPassword: string
  /** Takes the place of the current password where the account has none. */
  readonly presenceProof: string | null
}

export type ChangePasswordOutcome =
  | { kind: 'changed'; user: UserRow }
  | { kind: 'weak-password'; passwordProblems: PasswordProblem[] }
  | { kind: 'invalid-credentials' }
  | ReauthenticationRequired
  | { kind: 'session-ended' }

// A thief who knows the password could kill every link that its owner has mailed, by changing it over and over.
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

/** Why the password may not be replaced; checked under the user's lock, because hashing takes a while. */
type Refusal =
  | { kind: 'session-ended' }
  | ReauthenticationRequired
  /** Another request was faster, or the account has a password that was not given. */
  | { kind: 'password-mismatch' }
type RefusalCheck = (tx: Tx) => Promise<Refusal | null>

/**
 * Replaces the password of the viewer, who has to know the old one: a stolen access token alone must not be enough to
 * keep an account (ASVS 6.2.3). A viewer without a password needs a presence proof. Every other session, every pending
 * link and every presence proof ends, and the account is known from this network only.
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
      const refusal = await database.transaction(check) // before the new password costs a hash
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

  /** The current password is wrong, perhaps because this very change was made a moment ago. */
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

  /** A change ends every other session: a session that is older than the last change made it. */
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
