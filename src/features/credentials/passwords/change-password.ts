import type { Audit } from '../../audit/index.js'
import type { Budgets } from '../../limits/index.js'
import type { Outbox } from '../../mail/index.js'
import type { Sessions } from '../../sessions/index.js'
import { after, type Clock } from '../../../platform/clock.js'
import type { Database, Tx } from '../../../platform/database/database.js'
import type { PasswordProblem } from '../../../platform/graphql/auth-error.types.js'
import type { Viewer } from '../../../platform/graphql/context.js'
import type { RequestInfo } from '../../../platform/http/request-info.js'
import { findUser, type UserRow, lockForViewer, replaceAddresses } from '../../users/index.js'
import { lockForStepUp, type ReauthenticationRequired } from '../lock-for-step-up.js'
import { repeatWindow, type OneTimeTokens } from '../../one-time-tokens/index.js'
import type { CheckPassword } from './check-password.js'
import {
  readCredentialVersion,
  readPasswordChangedAt,
  replacePassword,
} from './credential.store.js'
import type { PasswordHasher, PasswordPolicy } from '../../passwords/index.js'
import { passwordChanged } from './password-changed.email.js'
import { resetPassword } from './reset-password.email.js'

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
const changes = { max: 5, window: 60 * 60_000 }

export interface ChangePasswordNeeds {
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
  | { kind: 'not-that-password' }
type Check = (tx: Tx) => Promise<Refusal | null>

/**
 * Replaces the password of the viewer, who has to know the old one: a stolen access token alone must not be enough to
 * keep an account (ASVS 6.2.3). A viewer without a password needs a presence proof. Every other session, every pending
 * link and every presence proof ends, and the account is known from this network only.
 */
export function createChangePassword(needs: ChangePasswordNeeds) {
  const { database, clock, hasher, sessions, tokens, outbox, audit } = needs
  const { checkPassword, passwordPolicy, budgets } = needs

  return async (
    viewer: Viewer,
    { currentPassword, newPassword, presenceProof }: PasswordChange,
    request: RequestInfo,
  ): Promise<ChangePasswordOutcome> => {
    const user = await findUser(database.db, viewer.userId)
    if (!user) return { kind: 'session-ended' }
    let check = mayHaveFirstPassword(viewer, presenceProof)
    if (currentPassword === null) {
      const refusal = await database.transaction(check) // before the new password costs a hash
      if (refusal?.kind === 'not-that-password') {
        return refuseUnlessRepeated(viewer, user, newPassword, request)
      }
      if (refusal) return refusal
    }
    const judged = await passwordPolicy(newPassword, user)
    if (judged.kind !== 'acceptable') return judged

    if (currentPassword !== null) {
      const verified = await checkPassword(user.email, currentPassword, request)
      if (verified.kind === 'wrong' || verified.password.userId !== user.id) {
        return refuseUnlessRepeated(viewer, user, newPassword, request)
      }
      await verified.password.succeed()
      check = isStillThatPassword(viewer, verified.password.version)
    }
    await budgets.take('changePassword', user.id, changes)
    const hash = await hasher.hash(judged.password) // slow: before the transaction
    const outcome = await database.transaction(
      async (tx) => (await check(tx)) ?? replace(tx, viewer, hash, request),
    )
    if (outcome.kind !== 'not-that-password') return outcome
    return refuseUnlessRepeated(viewer, user, newPassword, request)
  }

  function mayHaveFirstPassword(viewer: Viewer, presenceProof: string | null): Check {
    return async (tx) => {
      const stepUp = await lockForStepUp(tx, sessions, viewer, presenceProof)
      if (stepUp.kind === 'session-ended') return stepUp
      const hasPassword = (await readCredentialVersion(tx, viewer.userId)) !== null
      if (hasPassword) return { kind: 'not-that-password' }
      return stepUp.kind === 'present' ? null : stepUp
    }
  }

  function isStillThatPassword(viewer: Viewer, version: number): Check {
    return async (tx) => {
      if (!(await lockForViewer(tx, sessions, viewer))) return { kind: 'session-ended' }
      const isSame = (await readCredentialVersion(tx, viewer.userId)) === version
      return isSame ? null : { kind: 'not-that-password' }
    }
  }

  /** The current password is wrong, perhaps because this very change was made a moment ago. */
  async function refuseUnlessRepeated(
    viewer: Viewer,
    user: UserRow,
    newPassword: string,
    request: RequestInfo,
  ): Promise<ChangePasswordOutcome> {
    const session = await sessions.find(database.db, viewer.sessionId, user.id)
    if (!session || session.endedAt) return { kind: 'session-ended' }
    if (await isRepeat(session, user, newPassword, request)) return { kind: 'changed', user }
    await database.transaction((tx) => record(tx, viewer, request, false))
    return { kind: 'invalid-credentials' }
  }

  /** A change ends every other session: a session that is older than the last change made it. */
  async function isRepeat(
    { createdAt }: { readonly createdAt: Date },
    { id, email }: UserRow,
    newPassword: string,
    request: RequestInfo,
  ) {
    const changedAt = await readPasswordChangedAt(database.db, id)
    if (!changedAt || createdAt >= changedAt) return false
    if (after(changedAt, repeatWindow) <= clock.now()) return false
    const check = await checkPassword(email, newPassword, request)
    if (check.kind === 'wrong' || check.password.userId !== id) return false
    await check.password.succeed()
    return true
  }

  async function replace(
    tx: Tx,
    viewer: Viewer,
    hash: string,
    request: RequestInfo,
  ): Promise<ChangePasswordOutcome | { kind: 'not-that-password' }> {
    const { userId, sessionId } = viewer
    const now = clock.now()
    await replacePassword(tx, userId, hash, now)
    await sessions.endOthers(tx, userId, [sessionId], 'PASSWORD_CHANGED')
    await sessions.clearPresenceProofs(tx, userId)
    await tokens.endAll(tx, userId)
    await replaceAddresses(tx, userId, request.network, now)
    await record(tx, viewer, request, true)
    const user = await findUser(tx, userId)
    if (!user) return { kind: 'session-ended' }
    const { email: recipient, locale } = user
    await outbox.withdraw(tx, resetPassword, recipient)
    await outbox.put(tx, { kind: passwordChanged, recipient, accountId: userId, locale })
    return { kind: 'changed', user }
  }

  function record(tx: Tx, viewer: Viewer, request: RequestInfo, success: boolean) {
    const { userId, sessionId } = viewer
    const event = { actorId: userId, targetId: userId, sessionId, success }
    return audit.record(tx, { type: 'PASSWORD_CHANGED', ...event }, request)
  }
}
